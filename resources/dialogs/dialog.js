/**
 * The dialog of a node type: its texts and fields. The files beside this one add methods to it. A dialog without all
 * of them is usable, too, so nothing here may be the only place where a value is kept.
 */
window.EdgepoolDialog = class EdgepoolDialog {
  /** @param {string} type the node type, which is the name of its html and of its catalogue of texts, too */
  constructor(type) {
    this.type = type;
    this.isProfile = type.endsWith('-profile');
    /** The node whose dialog is open, or was last. */
    this.edited = undefined;
    this.insertParts();
  }

  /**
   * @param {string} key the key of a text, without the name of the catalogue
   * @param {object} [values] what stands for `__name__` in it
   */
  text(key, values) {
    return RED._(`@edgepool/node-red-connection-pool/${this.type}:${this.type}.${key}`, values);
  }

  /** A text that several dialogs have: of the catalogue of the editor's tools. */
  shared(key, values) {
    return RED._(`@edgepool/node-red-connection-pool/connection-pool:connection-pool.${key}`, values);
  }

  /** Whether the user of the editor has a permission, as far as the editor knows: the API decides. */
  may(permission) {
    return RED.user?.hasPermission?.(permission) ?? true;
  }

  /** The field of a property, as jQuery: in a dialog of this type only, for others have fields of the same ids. */
  input(property) {
    return $(`.${this.type} #${this.isProfile ? 'node-config-input' : 'node-input'}-${property}`);
  }

  /** The value in the open dialog, else the one of the node: validators run with and without, and for other nodes. */
  current(node, property) {
    const input = this.input(property);
    if (input.length === 0 || (this.edited && this.edited !== node)) return node[property];
    return input.attr('type') === 'checkbox' ? input.prop('checked') : input.val();
  }

  /**
   * To be called first when a dialog opens. Flows that were not made here may lack properties: these fields then show
   * the default. Chooses the profile of a new node if there is only one to choose from.
   * @param {object} node the node that is edited
   * @param {string[]} properties properties that always have a value
   */
  open(node, properties = []) {
    this.edited = node;
    const { defaults } = node._def;
    // What is no text can't be shown as one.
    for (const [property, { value: standard }] of Object.entries(defaults)) {
      if ($.isPlainObject(node[property]) || (Array.isArray(node[property]) && !Array.isArray(standard))) {
        this.input(property).val(standard);
      }
    }
    for (const property of properties) {
      const input = this.input(property);
      const standard = defaults[property].value;
      if (input.attr('type') === 'checkbox') {
        if (node[property] === undefined) input.prop('checked', standard);
      } else if (!input.val()) {
        input.val(standard);
      }
    }
    if (!('profile' in defaults)) return;
    this.presetProfile(node, 'profile');
    this.adviseOnProfile();
    if ('doneWhen' in defaults) this.prepareSending();
  }

  /** The rows of a list, which may be anything in a flow that was not made here. */
  rowsOf(value) {
    return Array.isArray(value) ? value.filter((row) => $.isPlainObject(row)) : [];
  }

  /** Chooses the profile if there is only one to choose from. */
  presetProfile(node, property) {
    const select = this.input(property);
    const offered = select.find('option').filter((_index, option) => !['', '_ADD_'].includes(option.value));
    if (!node[property] && offered.length === 1) select.val(offered.val()).trigger('change');
  }

  /** Says what to do while no profile is chosen. */
  adviseOnProfile() {
    const select = this.input('profile');
    const advice = $('<div class="edgepool-hint edgepool-advice" role="status">').insertAfter(
      select.closest('.form-row'),
    );
    const show = () => {
      const values = select
        .find('option')
        .toArray()
        .map(({ value }) => value);
      const isChosen = !['', '_ADD_'].includes(select.val() ?? '');
      const isThereOne = values.some((value) => !['', '_ADD_'].includes(value));
      const text = isThereOne ? this.shared('dialogs.chooseProfile') : this.shared('dialogs.addProfile');
      advice.text(text).toggle(!isChosen);
    };
    select.on('change', show);
    show();
  }

  /** Calls back when one of these fields is changed. */
  onChange(properties, show) {
    for (const property of properties) this.input(property).on('change input', show);
  }

  /** Has the values of these fields checked anew, because what they depend on has changed. */
  checkAgain(properties) {
    for (const property of properties) this.input(property).trigger('change');
  }

  /**
   * Tabs over the children of `#TYPE-tabs-content`, whose ids are `TYPE-NAME`.
   * @param {Record<string, string>} labels the text keys of the tabs, by name
   */
  tabs(labels) {
    const { type } = this;
    const tabs = RED.tabs.create({
      id: `${type}-tabs`,
      onchange: (tab) => {
        $(`#${type}-tabs-content`).children().hide();
        $(`#${tab.id}`).show();
      },
    });
    for (const [name, key] of Object.entries(labels)) tabs.addTab({ id: `${type}-${name}`, label: this.text(key) });
    const environment = $('<div class="edgepool-hint edgepool-own">').text(this.shared('dialogs.environment'));
    environment.insertAfter(`#${type}-tabs-content`);
    setTimeout(() => tabs.resize(), 0);
    this.resizeTabs = () => setTimeout(() => tabs.resize(), 0);
  }

  /** Of a sink: shows how long a batch waits where there may be one, and what "done" means where that is a question. */
  prepareSending() {
    const row = (property) => this.input(property).closest('.form-row');
    const mayKeepOnDisk = () => {
      const chosen = this.input('outbox').val();
      if (chosen !== 'profile') return chosen === 'disk';
      const profile = RED.nodes.node(this.input('profile').val());
      // Of a named profile, and of EdgeX, something else says so.
      return !profile || !('outbox' in profile) || Boolean(profile.named) || profile.outbox === 'disk';
    };
    const show = () => {
      row('batchSeconds').toggle(Number(this.input('batchCount').val()) > 1);
      row('doneWhen').toggle(mayKeepOnDisk());
    };
    this.onChange(['batchCount', 'outbox', 'profile'], show);
    show();
  }

  /** Shows the limit of decompression while there is any. */
  prepareDecompression() {
    const show = () => $('.edgepool-decompressed').toggle(this.input('decompression').val() !== 'none');
    this.onChange(['decompression'], show);
    show();
  }

  /** Shows what is about TLS; whether to verify is asked only where no TLS settings node says so. */
  showTls(secure) {
    $('.edgepool-tls').toggle(secure);
    $('.edgepool-verify').toggle(secure && !RED.nodes.node(this.input('tls').val()));
  }
};
