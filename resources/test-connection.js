/**
 * The button "Test connection" of the profile dialogs: sends what the open dialog holds, saved or not, to the admin API,
 * and shows the answer in words. Loaded by the html of each profile node.
 */
(function () {
  const fieldOf = (name) => $(`#node-config-input-${name}`);

  /** The value in the dialog; of what has no field there, the one of the node. */
  function valueOf(node, name) {
    const field = fieldOf(name);
    if (field.length === 0) return node[name];
    if (field.is(':checkbox')) return field.prop('checked');
    const value = field.val();
    // The choice "add new …" of a config node.
    return value === '_ADD_' ? '' : value;
  }

  function valuesOf(node, names) {
    return Object.fromEntries(names.map((name) => [name, valueOf(node, name)]).filter(([, value]) => value != null));
  }

  /** The words of an answer that is no result. */
  function failure(response, words) {
    if (response.status === 401 || response.status === 403) return words.forbidden;
    return response.responseJSON?.error?.message ?? words.unanswered;
  }

  /**
   * @param row jQuery of the row with the button and the element for the answer
   * @param node the config node that is edited
   * @param type the connection type: `mqtt`, `redis`, …
   * @param words texts: `running`, `forbidden`, `unanswered`, and `works`, which is called with the milliseconds
   * @param more called for settings that the dialog only has when it is saved
   */
  window.edgepoolTestConnection = function ({ row, node, type, words, more }) {
    const button = row.find('button');
    const answer = row.find('[role=status]');
    const show = (text, icon, colour) =>
      answer
        .empty()
        .append(
          $('<i>', { class: `fa ${icon}`, 'aria-hidden': true }).css('color', colour),
          ' ',
          document.createTextNode(text),
        );
    button.on('click', () => {
      const { defaults, credentials = {} } = node._def;
      const body = {
        type,
        id: node.id,
        settings: { ...valuesOf(node, Object.keys(defaults)), ...more() },
        credentials: valuesOf({}, Object.keys(credentials)),
      };
      button.prop('disabled', true);
      show(words.running, 'fa-spinner fa-spin', 'inherit');
      $.ajax({
        url: 'connection-pool/test',
        method: 'POST',
        contentType: 'application/json',
        dataType: 'json',
        data: JSON.stringify(body),
      })
        .done((result) => {
          if (result.ok) show(words.works(result.millis), 'fa-check', 'var(--red-ui-text-color-success, green)');
          else show(result.error.message, 'fa-times', 'var(--red-ui-text-color-error, red)');
        })
        .fail((response) => show(failure(response, words), 'fa-times', 'var(--red-ui-text-color-error, red)'))
        .always(() => button.prop('disabled', false));
    });
  };
})();
