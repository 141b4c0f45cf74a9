/**
 * The button "Test connection" of the profile dialogs: sends what the open dialog holds, saved or not, to the admin API,
 * and shows how far the test came, with the time of each step, and why not further.
 */
(function () {
  /** The labels of the steps, in their order. */
  const STEPS = {
    resolve: 'dialogs.test.resolve',
    reach: 'dialogs.test.reach',
    secure: 'dialogs.test.secure',
    login: 'dialogs.test.login',
    answer: 'dialogs.test.answer',
  };
  const MQTT_VERSIONS = { 3: '3.1', 4: '3.1.1', 5: '5' };

  /** The values of a dialog; of what has no field there, those of the node. Choosing "add new …" is no value. */
  const valuesOf = (dialog, node, names) => {
    const values = names.map((name) => [name, dialog.current(node, name) ?? undefined]);
    return Object.fromEntries(values.map(([name, value]) => [name, value === '_ADD_' ? '' : value]));
  };

  const valuesIn = (object, names) => Object.fromEntries(names.map((name) => [name, object?.[name]]));

  /** A config node that the runtime has not, or not as it is here: its settings, and those credentials that were typed. */
  const undeployed = (id, type) => {
    const node = id && RED.nodes.node(id);
    if (node?.type !== type || !node._def || !(node.changed || node.dirty)) return undefined;
    const settings = valuesIn(node, Object.keys(node._def.defaults));
    return { id, settings, credentials: valuesIn(node.credentials, Object.keys(node._def.credentials ?? {})) };
  };

  /** What is stored of credentials that were not typed. */
  const withStored = ({ id, credentials }) => {
    const has = RED.nodes.node(id).credentials ?? {};
    const stored = Object.keys(credentials).filter((name) => credentials[name] === undefined && has[`has_${name}`]);
    return { ...credentials, ...Object.fromEntries(stored.map((name) => [name, '__PWRD__'])) };
  };

  /** In the place of an EdgeX profile the profile of its bus, if the runtime has it not, or not as it is here. */
  const carrierOf = (body) => {
    const { bus, named } = body.settings;
    if (body.type !== 'edgex' || named) return body;
    const type = bus === 'redis' ? 'redis' : 'mqtt';
    const carrier = undeployed(body.settings[`${type}Profile`], `pool-${type}-profile`);
    return carrier ? { ...carrier, type, credentials: withStored(carrier) } : body;
  };

  const inWords = (millis) => `${millis < 10 ? millis : Math.round(millis)} ms`;

  /** What the server is, as far as it has told: technical names, the same in all languages. */
  const describeServer = (dialog, { protocolVersion, protocol, version, server, status }) => {
    const parts = [
      protocolVersion && `MQTT ${MQTT_VERSIONS[protocolVersion] ?? protocolVersion}`,
      version && `Redis ${version}`,
      protocol,
      server,
      status && dialog.shared('dialogs.test.status', { status }),
    ];
    return parts.filter(Boolean).join(', ');
  };

  const sign = (icon, colour, label) =>
    $('<i>', { class: `fa ${icon}`, role: 'img', 'aria-label': label }).css('color', colour);

  Object.assign(window.EdgepoolDialog.prototype, {
    /**
     * What the open dialog holds, as the admin API takes it.
     * @param {object} node the config node that is edited
     * @param {() => object} more settings that the dialog only has when it is saved
     */
    unsaved(node, more = () => ({})) {
      const { defaults, credentials = {} } = node._def;
      return {
        type: this.type.split('-')[1],
        id: node.id,
        settings: { ...valuesOf(this, node, Object.keys(defaults)), named: this.namedOf(node), ...more() },
        credentials: valuesOf(this, node, Object.keys(credentials)),
      };
    },

    /**
     * @param {object} node the config node that is edited
     * @param {() => object} [more] as of `unsaved`
     */
    testConnection(node, more) {
      const row = $(`#${this.type}-test`);
      const button = row.find('button');
      const answer = row.find('[role=status]');
      const line = (icon, colour, label, text, time = '') => {
        const words = $('<span>').append(document.createTextNode(text));
        return $('<div>').append(sign(icon, colour, label), words, $('<span class="edgepool-time">').text(time));
      };
      const passed = (text, time) =>
        line('fa-check', 'var(--red-ui-text-color-success)', this.shared('dialogs.test.passed'), text, time);
      const failed = (text) =>
        line('fa-times', 'var(--red-ui-text-color-error)', this.shared('dialogs.test.failed'), text);
      const showFailure = (text) => answer.empty().append(failed(text));
      const warned = (text) =>
        line('fa-warning', 'var(--red-ui-text-color-warning)', this.shared('dialogs.test.warning'), text);
      const show = ({ ok, millis, steps = [], failed: at, error, details = {}, warnings = [] }) => {
        answer.empty().append(warnings.map(warned));
        for (const { step, millis: time } of steps) answer.append(passed(this.shared(STEPS[step]), inWords(time)));
        if (ok) {
          const works = $('<b>').text(this.shared('dialogs.test.works', { millis }));
          answer.append($('<div>').append(works), $('<div>').text(describeServer(this, details)));
          return;
        }
        const step = STEPS[at] ? `${this.shared(STEPS[at])}: ` : '';
        answer.append(failed(step + error.message));
        // The test has a client id of its own, which a broker that knows its clients may not take.
        const isRefused = ['MQTT_BAD_CLIENT_ID', 'MQTT_NOT_AUTHORIZED'].includes(error.code);
        if (isRefused && this.current(node, 'clientid')) {
          answer.append($('<div class="edgepool-aside">').text(this.shared('dialogs.test.clientId')));
        }
      };
      if (!this.may('connection-pool.write')) {
        button.prop('disabled', true);
        answer.text(this.shared('dialogs.test.forbidden'));
        return;
      }
      button.on('click', () => {
        button.prop('disabled', true);
        answer.empty().append(line('fa-spinner fa-spin', 'inherit', '', this.shared('dialogs.test.running')));
        const body = carrierOf(this.unsaved(node, more));
        const tls = undeployed(body.settings.tls, 'tls-config');
        $.ajax({
          url: 'connection-pool/test',
          method: 'POST',
          contentType: 'application/json',
          dataType: 'json',
          data: JSON.stringify(tls ? { ...body, tls } : body),
        })
          .done(show)
          .fail((response) => showFailure(this.testFailure(response)))
          .always(() => {
            button.prop('disabled', false);
            row[0]?.scrollIntoView({ block: 'nearest' });
          });
      });
    },

    /** The words of an answer that is no result. */
    testFailure({ status, responseJSON }) {
      if (status === 401 || status === 403) return this.shared('dialogs.test.forbidden');
      return responseJSON?.error?.message ?? this.shared('dialogs.test.unanswered');
    },
  });
})();
