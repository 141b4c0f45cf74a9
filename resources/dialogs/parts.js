/**
 * Rows that several dialogs have. A dialog says `<div data-part="NAME"></div>` where one belongs; it takes the place of
 * that element before any dialog opens, so that Node-RED fills the fields in like those of the dialog itself. The texts
 * are in the catalogue of each dialog. What needs more than the name of the type is in further attributes.
 */
(function () {
  const row = (property, { type, icon, kind = 'text', unit, options = '', classes = '' }) => `
    <div class="form-row ${classes}">
      <label for="${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${type}.label.${property.split('-').at(-1)}"></span></label>
      <input type="${kind}" id="${property}" ${options}>
      ${unit ? `<span data-i18n="${type}.unit.${unit}"></span>` : ''}
    </div>`;
  const attributesOf = (values, placeholderKey) => {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const attributes = given.map(([name, value]) => `${name}="${value}"`);
    if (placeholderKey) attributes.push(`data-i18n="[placeholder]${placeholderKey}"`);
    return attributes.join(' ');
  };
  const check = (property, type, classes = '') => `
    <div class="form-row edgepool-check ${classes}">
      <label for="${property}"><input type="checkbox" id="${property}"> <span data-i18n="${type}.label.${property.split('-').at(-1)}"></span></label>
    </div>`;
  const hint = (name, type) => `<div class="edgepool-hint" data-i18n="${type}.hint.${name}"></div>`;
  const config = (property) => `node-config-input-${property}`;
  const number = (property, type, icon, unit, options) =>
    row(config(property), { type, icon, unit, options, kind: 'number' });

  const option = (group, value, key = value) => `<option value="${value}" data-i18n="${group}.${key}"></option>`;
  const choice = ({ type, property, icon, values, group = property, classes = '' }) => {
    const options = values.split(' ').map((one) => option(`${type}.${group}`, ...one.split('=')));
    return `
    <div class="form-row ${classes}">
      <label for="node-input-${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${type}.label.${property}"></span></label>
      <select id="node-input-${property}">${options.join('')}</select>
    </div>`;
  };
  const CODINGS = 'none gzip deflate brotli zstd';

  const parts = {
    /**
     * A number: `data-property`, `data-icon`, and as far as needed `data-unit`, `data-min`, `data-max`, `data-step`,
     * `data-placeholder` or, as the key of a text, `data-hint`, and `data-classes` of the row.
     */
    number: ({ type, property, icon, unit, hint: key, classes, ...limits }) => {
      const prefix = type.endsWith('-profile') ? 'node-config-input' : 'node-input';
      const options = attributesOf(limits, key && `${type}.placeholder.${key}`);
      return row(`${prefix}-${property}`, { type, icon, unit, classes, kind: 'number', options });
    },

    /**
     * A value whose type is chosen with it: `data-property`, `data-icon`, and as far as needed `data-placeholder`,
     * `data-hint`, `data-classes`, and `data-structures`, which the row keeps.
     */
    typed: ({ type, property, icon, placeholder, hint: key, classes = '', structures }) => `
      <div class="form-row ${classes}" ${structures ? `data-structures="${structures}"` : ''}>
        <label for="node-input-${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${type}.label.${property}"></span></label>
        <input type="text" id="node-input-${property}" ${attributesOf({ placeholder }, key && `${type}.placeholder.${key}`)}>
        <input type="hidden" id="node-input-${property}Type">
      </div>`,

    /** One of several values, `VALUE=KEY` where the key of the text is another: `data-property`, `data-icon`, `data-values`. */
    choice,

    /** A node that doesn't share. */
    dedicated: ({ type }) => check('node-input-dedicated', type),

    /** How what is sent is compressed. */
    compression: ({ type }) => choice({ type, property: 'compression', icon: 'compress', values: CODINGS }),

    /** How what comes is decompressed, and its limit. */
    decompression: ({ type }) => `
      ${choice({ type, property: 'decompression', icon: 'expand', group: 'compression', values: CODINGS })}
      <div class="edgepool-decompressed">
        ${row('node-input-maxDecompressedMegabytes', {
          type,
          icon: 'tachometer',
          kind: 'number',
          unit: 'megabytes',
          options: 'min="0.001" max="2047" step="any" placeholder="16"',
        })}
      </div>`,

    /** Whether a profile has its settings here, or which named profile it is. */
    named: ({ type }) => `
      <div class="form-row">
        <label for="${config('namedChoice')}"><i class="fa fa-sliders"></i> <span data-i18n="${type}.label.namedChoice"></span></label>
        <select id="${config('namedChoice')}">
          <option value="here" data-i18n="${type}.named.here"></option>
          <option value="named" data-i18n="${type}.named.named"></option>
        </select>
      </div>
      <div class="edgepool-named">
        ${row(config('named'), { type, icon: 'bookmark-o', options: `autocomplete="off" data-i18n="[placeholder]${type}.placeholder.named"` })}
        ${hint('named', type)}
      </div>`,

    /** The tabs of a profile's own settings. */
    tabs: ({ type }) => `
      <div class="form-row edgepool-own edgepool-tabs">
        <ul id="${type}-tabs"></ul>
      </div>`,

    /** TLS settings, and whether to verify without them. */
    tls: ({ type }) => `
      <div class="edgepool-tls">
        ${row(config('tls'), { type, icon: 'certificate', options: 'style="width: calc(100% - 140px)"' })}
      </div>
      ${check(config('verifyservercert'), type, 'edgepool-verify')}`,

    /** What waits while there is no connection; `data-unit` is what waits. */
    queue: ({ type, unit }) => `
      <div class="edgepool-heading" data-i18n="${type}.heading.queue"></div>
      ${number('queueMaxCount', type, 'inbox', unit, 'min="0" placeholder="100000"')}
      ${number('queueMaxMegabytes', type, 'database', 'megabytes', 'min="0" step="any" placeholder="64"')}
      ${number('queueMaxAgeSeconds', type, 'clock-o', 'secondsZeroUnlimited', 'min="0" step="any" placeholder="0"')}
      <div class="form-row">
        <label for="${config('queueOverflow')}"><i class="fa fa-filter"></i> <span data-i18n="${type}.label.queueOverflow"></span></label>
        <select id="${config('queueOverflow')}">
          <option value="refuse" data-i18n="${type}.overflow.refuse"></option>
          <option value="drop-oldest" data-i18n="${type}.overflow.dropOldest"></option>
          <option value="drop-newest" data-i18n="${type}.overflow.dropNewest"></option>
        </select>
      </div>
      ${hint('queue', type)}`,

    /** Where sinks keep what can't be sent, its limits on disk, and how it is sent later; `data-unit` is what waits. */
    outbox: ({ type, unit }) => {
      const select = (property, icon, options) => `
      <div class="form-row">
        <label for="${config(property)}"><i class="fa fa-${icon}"></i> <span data-i18n="${type}.label.${property}"></span></label>
        <select id="${config(property)}">${options.join('')}</select>
      </div>`;
      const places = ['memory', 'disk'].map((one) => option(`${type}.outbox`, one));
      const overflows = [
        ['refuse', 'refuse'],
        ['drop-oldest', 'dropOldest'],
        ['drop-newest', 'dropNewest'],
      ];
      const priorities = ['before', 'with', 'after'].map((one) => option(`${type}.resendPriority`, one));
      return `
      <div class="edgepool-heading" data-i18n="${type}.heading.outbox"></div>
      ${select('outbox', 'hdd-o', places)}
      ${hint('outbox', type)}
      ${number('outboxMaxCount', type, 'inbox', unit, 'min="0" placeholder="1000000"')}
      ${number('outboxMaxMegabytes', type, 'database', 'megabytes', 'min="0" step="any" placeholder="1024"')}
      ${number('outboxMaxAgeSeconds', type, 'clock-o', 'secondsZeroUnlimited', 'min="0" step="any" placeholder="0"')}
      ${select(
        'outboxOverflow',
        'filter',
        overflows.map(([value, key]) => option(`${type}.overflow`, value, key)),
      )}
      ${select('resendPriority', 'sort', priorities)}
      ${number('resendRate', type, 'tachometer', 'perSecond', 'min="0" step="any" placeholder="0"')}
      ${row(config('resendMark'), { type, icon: 'bookmark-o', options: `data-i18n="[placeholder]${type}.placeholder.resendMark"` })}
      ${hint('late', type)}`;
    },

    /** How long a connection without nodes stays. */
    lifetime: ({ type }) => `
      ${number('lingerMillis', type, 'pause', 'milliseconds', 'min="0" placeholder="3000"')}
      ${hint('lingerMillis', type)}
      ${check(config('keepOpen'), type)}
      ${hint('keepOpen', type)}`,

    /** One message of an MQTT profile's life; `data-kind` is which. */
    lifecycle: ({ type, kind }) => `
      <details id="${type}-${kind}">
        <summary data-i18n="${type}.heading.${kind}"></summary>
        <div>
          <div class="form-row">
            <label for="${config(`${kind}Topic`)}"><i class="fa fa-tasks"></i> <span data-i18n="${type}.label.topic"></span></label>
            <input type="text" id="${config(`${kind}Topic`)}" data-i18n="[placeholder]${type}.placeholder.noMessage">
          </div>
          <div class="form-row">
            <label for="${config(`${kind}Payload`)}"><i class="fa fa-envelope"></i> <span data-i18n="${type}.label.payload"></span></label>
            <input type="text" id="${config(`${kind}Payload`)}">
          </div>
          <div class="form-row">
            <label for="${config(`${kind}Qos`)}"><i class="fa fa-empire"></i> <span data-i18n="${type}.label.qos"></span></label>
            <select id="${config(`${kind}Qos`)}">
              <option value="0">0</option>
              <option value="1">1</option>
              <option value="2">2</option>
            </select>
          </div>
          <div class="form-row">
            <label for="${config(`${kind}Retain`)}"><i class="fa fa-history"></i> <span data-i18n="${type}.label.retain"></span></label>
            <select id="${config(`${kind}Retain`)}">
              <option value="false" data-i18n="${type}.choice.no"></option>
              <option value="true" data-i18n="${type}.choice.yes"></option>
            </select>
          </div>
          <div class="pool-mqtt-v5 edgepool-properties"></div>
        </div>
      </details>`,

    /** How the profile stands to others that are edited. */
    neighbours: ({ type }) => `<div class="edgepool-neighbours" id="${type}-neighbours" role="status"></div>`,

    /** Testing what the dialog holds, and who uses it. */
    test: ({ type }) => `
      <div class="form-row edgepool-test" id="${type}-test">
        <button type="button" class="red-ui-button"><i class="fa fa-plug"></i> <span data-i18n="${type}.test.button"></span></button>
        <div role="status"></div>
      </div>
      <div class="edgepool-users" id="${type}-users"></div>`,
  };

  Object.assign(window.EdgepoolDialog.prototype, {
    /** Puts the parts into the template of the dialog. */
    insertParts() {
      const template = $(`script[data-template-name="${this.type}"]`);
      template.text(this.withParts(template.text()));
    },

    /** The html of a dialog with its parts in it. A field for a number takes `${NAME}`, too, which its kind would not. */
    withParts(html) {
      const whole = html.replace(/<div data-part="(\w+)"([^>]*)><\/div>/g, (_found, name, rest) => {
        const attributes = Object.fromEntries(
          [...rest.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        );
        return parts[name]({ type: this.type, ...attributes });
      });
      return whole.replaceAll('type="number"', 'type="text" inputmode="decimal" class="edgepool-number"');
    },
  });
})();
