/**
 * What is checked while somebody types. Each returns a validator as Node-RED wants it: called with the node as `this`
 * and two parameters, for with fewer it takes a text for "valid".
 */
Object.assign(window.EdgepoolDialog.prototype, {
  /** `${NAME}` is filled in from the environment when the flow starts: nothing to check before. */
  isFromEnvironment(value) {
    return /\$\{[^}]+\}/.test(value);
  },

  /** Whether there is nothing to check: an empty field means the default. */
  isUnset(value) {
    return String(value ?? '').trim() === '' || this.isFromEnvironment(value);
  },

  /** Whether it is a JSON object, or text of one. Nothing is one, too. */
  isJsonObject(value) {
    if (value === undefined || value === null || value === '') return true;
    try {
      return $.isPlainObject(typeof value === 'string' ? JSON.parse(value) : value);
    } catch {
      return false;
    }
  },

  /**
   * @param {string} labelKey the label of the field
   * @param {number} minimum
   * @param {number} maximum
   * @param {object} [options] `whole`: whole numbers only; `concerns`: whether the field counts for a node
   */
  number(labelKey, minimum, maximum, { whole = true, concerns = () => true } = {}) {
    const dialog = this;
    return function (value, _opt) {
      if (!concerns(this) || dialog.isUnset(value)) return true;
      const entered = Number(value);
      if (entered >= minimum && entered <= maximum && (!whole || Number.isInteger(entered))) return true;
      const values = { field: dialog.text(labelKey), minimum, maximum };
      return whole ? dialog.text('invalid.wholeNumber', values) : dialog.text('invalid.number', values);
    };
  },

  /** A number of seconds, of one day at most unless told otherwise. */
  seconds(labelKey, minimum, maximum = 86400) {
    return this.number(labelKey, minimum, maximum, { whole: false });
  },

  /** The name of a property or header, or nothing. */
  propertyName(labelKey) {
    const dialog = this;
    return function (value, _opt) {
      const fits = dialog.isUnset(value) || /^[!-9;-~]+$/.test(String(value).trim());
      return fits || dialog.text('invalid.propertyName', { field: dialog.text(labelKey) });
    };
  },

  /** A field that may not be empty while `concerns` says so. */
  needed(labelKey, concerns) {
    const dialog = this;
    return function (value, _opt) {
      return !concerns(this) || Boolean(value) || dialog.text('invalid.needed', { field: dialog.text(labelKey) });
    };
  },

  /** What is wrong with a template, or true: each `{{` needs a name and its `}}`. */
  checkTemplate(value) {
    return (
      !String(value ?? '')
        .replace(/\{\{\s*[^{}\s][^{}]*\}\}/g, '')
        .includes('{{') || this.text('invalid.template')
    );
  },

  /**
   * A typed field: templates by their places, constants by `check`, all else as Node-RED does.
   * @param {string} property
   * @param {object} [options] `standard`: the type if none is said; `concerns`: whether the field counts for a node;
   *   `check`: what is wrong with a constant, or true; `empty`: the same, of a node whose field is empty;
   *   `blank`: an empty field means nothing, whatever its type
   */
  typed(
    property,
    { standard = 'str', concerns = () => true, check = () => true, empty = () => true, blank = false } = {},
  ) {
    const dialog = this;
    return function (value, opt) {
      if (!concerns(this)) return true;
      const type = dialog.current(this, `${property}Type`) || standard;
      const isConstant = ['str', 'num', 'template'].includes(type);
      if ((value ?? '') === '' && (isConstant || blank)) return empty(this);
      if (dialog.isFromEnvironment(value)) return true;
      if (type === 'template') return dialog.checkTemplate(value);
      if (isConstant) return check.call(this, value);
      return RED.validators.typedInput(`${property}Type`).call(this, value, opt);
    };
  },
});
