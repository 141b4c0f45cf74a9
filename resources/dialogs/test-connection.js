/**
 * The button "Test connection" of the profile dialogs: sends what the open dialog holds, saved or not, to the admin API,
 * and shows the answer in words.
 */
(function () {
  /** The values of a dialog; of what has no field there, those of the node. Choosing "add new …" is no value. */
  const valuesOf = (dialog, node, names) => {
    const values = names.map((name) => [name, dialog.current(node, name) ?? undefined]);
    return Object.fromEntries(values.map(([name, value]) => [name, value === '_ADD_' ? '' : value]));
  };

  Object.assign(window.EdgepoolDialog.prototype, {
    /**
     * @param {object} node the config node that is edited
     * @param {() => object} [more] settings that the dialog only has when it is saved
     */
    testConnection(node, more = () => ({})) {
      const row = $(`#${this.type}-test`);
      const button = row.find('button');
      const answer = row.find('[role=status]');
      const show = (icon, colour, text) => {
        const sign = $('<i>', { class: `fa ${icon}`, 'aria-hidden': true }).css('color', colour);
        answer.empty().append(sign, ' ', document.createTextNode(text));
      };
      const showFailure = (text) => show('fa-times', 'var(--red-ui-text-color-error, red)', text);
      button.on('click', () => {
        const { defaults, credentials = {} } = node._def;
        const body = {
          type: this.type.split('-')[1],
          id: node.id,
          settings: { ...valuesOf(this, node, Object.keys(defaults)), named: this.namedOf(node), ...more() },
          credentials: valuesOf(this, node, Object.keys(credentials)),
        };
        button.prop('disabled', true);
        show('fa-spinner fa-spin', 'inherit', this.text('test.running'));
        $.ajax({
          url: 'connection-pool/test',
          method: 'POST',
          contentType: 'application/json',
          dataType: 'json',
          data: JSON.stringify(body),
        })
          .done(({ ok, millis, error, details }) => {
            if (!ok) return showFailure(error.message);
            const text = this.text('test.works', { millis, status: details.status });
            show('fa-check', 'var(--red-ui-text-color-success, green)', text);
          })
          .fail((response) => showFailure(this.testFailure(response)))
          .always(() => button.prop('disabled', false));
      });
    },

    /** The words of an answer that is no result. */
    testFailure({ status, responseJSON }) {
      if (status === 401 || status === 403) return this.text('test.forbidden');
      return responseJSON?.error?.message ?? this.text('test.unanswered');
    },
  });
})();
