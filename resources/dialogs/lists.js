/** Lists of rows with one or more fields each, such as headers or the arguments of a command. */
(function () {
  const ROW_HEIGHT = 51;
  const FRAME_HEIGHT = 44;
  const MOST_SHOWN = 6;

  Object.assign(window.EdgepoolDialog.prototype, {
    /**
     * @param {string} property whose list is `#TYPE-PROPERTY-list`
     * @param {object} node
     * @param {object[]} columns each with the `key` of its value in a row, and either a `placeholder` or `types`, as
     *   `typesOf` takes them, and the `standard` one: the type is in the row as `type`
     */
    list(property, node, columns) {
      const list = $(`#${this.type}-${property}-list`);
      const label = list.closest('.form-row').children('label');
      const fit = () => {
        const shown = Math.min(MOST_SHOWN, Math.max(1, list.editableList('length')));
        list.editableList('height', FRAME_HEIGHT + ROW_HEIGHT * shown);
      };
      list.editableList({
        addItem: (row, _index, item) => {
          row.addClass('edgepool-row');
          for (const column of columns) {
            const input = this.addField(row, column, item);
            if (column.types) this.nameTypedInput(input, label, property);
          }
          setTimeout(fit);
        },
        removeItem: fit,
        scrollOnAdd: false,
        removable: true,
        sortable: true,
      });
      for (const item of this.rowsOf(node[property])) list.editableList('addItem', item);
      fit();
    },

    /** Adds the field of a column to a row and returns it. */
    addField(row, { key, placeholder, types, standard = 'str' }, item) {
      const value = typeof item[key] === 'object' ? '' : (item[key] ?? '');
      const holder = $('<div>').attr('data-key', key).toggleClass('edgepool-typed', Boolean(types)).appendTo(row);
      const input = $('<input type="text">').css('width', '100%').appendTo(holder);
      if (!types) {
        return input.attr({ placeholder, 'aria-label': placeholder }).val(value);
      }
      return input
        .typedInput({ default: standard, types: this.typesOf(types) })
        .typedInput('type', item.type ?? standard)
        .typedInput('value', value);
    },

    /** Keeps the rows of a list in the node; those that `isUsed` says no to are left out. */
    saveList(property, node, isUsed = () => true) {
      const rows = $(`#${this.type}-${property}-list`).editableList('items').toArray();
      node[property] = rows.map((row) => this.readRow(row)).filter(isUsed);
    },

    readRow(row) {
      const item = {};
      for (const holder of row.find('[data-key]').toArray()) {
        const key = holder.dataset.key;
        const input = $(holder).find('input').first();
        if ($(holder).hasClass('edgepool-typed')) {
          item[key] = input.typedInput('value');
          item.type = input.typedInput('type');
        } else {
          item[key] = input.val().trim();
        }
      }
      return item;
    },
  });
})();
