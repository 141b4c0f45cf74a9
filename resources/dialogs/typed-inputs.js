/** Fields with a type: constants, templates, and what Node-RED can look up. */
(function () {
  const VARIABLES = ['msg', 'flow', 'global', 'env', 'jsonata'];
  const WIDTH = 'calc(100% - 140px)';

  Object.assign(window.EdgepoolDialog.prototype, {
    /** The types of a list of names, in which `variables` stands for all that is looked up, and `template` for ours. */
    typesOf(names) {
      return names.flatMap((name) => {
        if (name === 'variables') return VARIABLES;
        if (name !== 'template') return [name];
        return [{ value: 'template', label: this.text('type.template'), icon: 'fa fa-code', validate: () => true }];
      });
    },

    /**
     * Makes a typed field; its type is kept in the property of the same name and `Type`. A flow may lack both.
     * @param {string} property
     * @param {(string|object)[]} types as `typesOf` takes them
     * @param {string} [standard] the type of a new field
     * @returns {object} jQuery of the field
     */
    typedInput(property, types, standard = 'str') {
      const typeField = `#node-input-${property}Type`;
      const { [property]: value, _def } = this.edited;
      if (value === undefined) this.input(property).val(_def.defaults[property].value);
      if (!$(typeField).val()) $(typeField).val(_def.defaults[`${property}Type`].value);
      const options = { default: standard, types: this.typesOf(types), typeField };
      const field = this.input(property).css('width', WIDTH).typedInput(options);
      this.nameTypedInput(field, $(`label[for="node-input-${property}"]`), property);
      return field;
    },

    /**
     * The label of a typed field is for one that is hidden: screen readers need it at the one that is shown. By
     * reference, as labels get their texts later.
     */
    nameTypedInput(field, label, property) {
      const id = `${this.type}-${property}-label`;
      label.attr('id', id);
      field.next('.red-ui-typedInput-container').find('.red-ui-typedInput-input').attr('aria-labelledby', id);
    },

    /** A constant that is one of a list. */
    choice(options, label) {
      return { value: 'str', label, icon: 'fa fa-list-ul', options };
    },

    /** A property of the message, into which a result goes. */
    targetInput(property) {
      const field = this.input(property)
        .css('width', WIDTH)
        .typedInput({ types: ['msg'], default: 'msg' });
      this.nameTypedInput(field, $(`label[for="node-input-${property}"]`), property);
    },

    /** Typed inputs work out their width when they are shown: to be called for those that come and go. */
    fitTypedInputs(properties) {
      for (const property of properties) this.input(property).typedInput('width', WIDTH);
    },
  });
})();
