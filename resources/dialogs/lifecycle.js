/** The messages of an MQTT profile's life: birth, close and will. Their MQTT 5 properties are one object of the node. */
(function () {
  const UINT32 = 4294967295;
  const isTopic = (topic) => !/[+#\0]/.test(topic ?? '');

  Object.assign(window.EdgepoolDialog.prototype, {
    /** Publish topics have no wildcards; an empty one switches the message off. */
    lifecycleTopic(headingKey) {
      return (value, _opt) => isTopic(value) || this.text('invalid.topic', { message: this.text(headingKey) });
    },

    /** The validator of the MQTT 5 properties, while `concerns` says that they count. */
    lifecycleProperties(kind, headingKey, concerns) {
      const dialog = this;
      return function (value, _opt) {
        if (!dialog.current(this, `${kind}Topic`) || !concerns(this)) return true;
        const message = dialog.text(headingKey);
        if (!dialog.isJsonObject(value?.userProps)) return dialog.text('invalid.messageProperties', { message });
        if (!isTopic(value?.respTopic)) return dialog.text('invalid.messageResponseTopic', { message });
        const seconds = [value?.expiry, value?.delay].filter((one) => one !== undefined && one !== '').map(Number);
        const good = seconds.every((one) => Number.isInteger(one) && one >= 0 && one <= UINT32);
        return good || dialog.text('invalid.messageSeconds', { message });
      };
    },

    /** The MQTT 5 properties of a message. */
    lifecycleFields(kind) {
      const fields = [
        { name: 'contentType', label: 'label.contentType', icon: 'fa-file-o' },
        { name: 'userProps', label: 'label.userProps', icon: 'fa-list', placeholder: '{"name": "value"}' },
        { name: 'respTopic', label: 'label.respTopic', icon: 'fa-reply' },
        { name: 'correl', label: 'label.correl', icon: 'fa-link' },
        { name: 'expiry', label: 'label.expiry', icon: 'fa-hourglass-o', seconds: true },
      ];
      const delay = { name: 'delay', label: 'label.delay', icon: 'fa-clock-o', seconds: true };
      return kind === 'will' ? [...fields, delay] : fields;
    },

    prepareLifecycle(node, kind) {
      const section = $(`#${this.type}-${kind}`);
      for (const field of this.lifecycleFields(kind)) {
        const id = `${this.type}-${kind}-${field.name}`;
        const row = $('<div>', { class: 'form-row' }).appendTo(section.find('.edgepool-properties'));
        const label = $('<label>', { for: id })
          .append($('<i>', { class: `fa ${field.icon}` }), ' ')
          .appendTo(row);
        $('<span>').text(this.text(field.label)).appendTo(label);
        const value = node[`${kind}Msg`]?.[field.name] ?? '';
        const input = $('<input>', { type: 'text', id, placeholder: field.placeholder });
        if (field.seconds) input.attr('inputmode', 'decimal').addClass('edgepool-number');
        input.val(typeof value === 'object' ? JSON.stringify(value) : value);
        row.append(' ', input);
        if (field.seconds) row.append(' ', $('<span>').text(this.text('unit.seconds')));
      }
      section.prop('open', Boolean(node[`${kind}Topic`]));
    },

    /** The properties in the open dialog. */
    readLifecycle(kind) {
      const valueOf = ({ name }) => $(`#${this.type}-${kind}-${name}`).val().trim();
      const entries = this.lifecycleFields(kind).map((field) => [field.name, valueOf(field)]);
      return Object.fromEntries(entries.filter(([, value]) => value !== ''));
    },

    saveLifecycle(node, kind) {
      node[`${kind}Msg`] = this.readLifecycle(kind);
    },
  });
})();
