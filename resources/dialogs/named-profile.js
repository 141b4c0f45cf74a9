/** The choice of a profile node: its own settings, or a profile that has a name outside the flow. */
Object.assign(window.EdgepoolDialog.prototype, {
  /** The id of the named profile; empty if the settings are here. */
  namedOf(node) {
    const choice = this.current(node, 'namedChoice');
    const named = String(this.current(node, 'named') ?? '').trim();
    return choice === 'here' ? '' : named;
  },

  isNamed(node) {
    return this.current(node, 'namedChoice') === 'named' || this.namedOf(node) !== '';
  },

  /** The validator of the id. */
  namedGiven() {
    const dialog = this;
    return function (_value, _opt) {
      return !dialog.isNamed(this) || dialog.namedOf(this) !== '' || dialog.text('invalid.named');
    };
  },

  /** What is set here doesn't count when a profile is named: changes the validators of the registered type. */
  checkUnlessNamed() {
    const dialog = this;
    for (const [name, property] of Object.entries(RED.nodes.getType(this.type).defaults)) {
      const { validate } = property;
      if (!validate || name === 'named') continue;
      property.validate = function (value, opt) {
        return dialog.isNamed(this) || validate.call(this, value, opt);
      };
    }
  },

  /** Fills in the choice, and shows what belongs to it. */
  prepareNamed(node) {
    const choice = this.input('namedChoice');
    const input = this.input('named');
    const serves = this.type.split('-')[1];
    choice.val(node.named ? 'named' : 'here');
    let known = [];
    // Without the rights to see them, or before there are any, an id can be typed all the same.
    if (this.may('connection-pool.read')) {
      $.getJSON('connection-pool/profiles').done(({ profiles = [] }) => {
        known = profiles.filter((one) => one.type === serves || one.serves === serves).map((one) => String(one.id));
      });
    }
    input.autoComplete({
      minLength: 0,
      search: (typed) => {
        const found = known.filter((id) => id.toLowerCase().includes(typed.toLowerCase()));
        return found.map((id) => ({ value: id, label: id }));
      },
    });
    const show = () => {
      const named = choice.val() === 'named';
      $('.edgepool-named').toggle(named);
      $('.edgepool-own').toggle(!named);
      if (!named) this.resizeTabs();
      input.add('.edgepool-own input').trigger('change');
    };
    choice.on('change', show);
    show();
  },

  /** An id that isn't chosen any more isn't kept. */
  saveNamed(node) {
    this.input('named').val(this.namedOf(node));
  },
});
