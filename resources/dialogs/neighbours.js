/**
 * Hints while a profile is edited: which of the others in the editor, deployed or not, will share its connection, which
 * will fight with it over a client id, and which are kept apart by what. The runtime compares: it knows what counts.
 */
(function () {
  const PAUSE_MILLIS = 400;
  /** More than this is not sent: the API takes 256 KiB. */
  const MOST_CHARACTERS = 200_000;
  const MOST_OTHERS = 500;
  const MOST_SHOWN = 5;
  const STORED = '__PWRD__';
  /** Where people enter the address. */
  const ADDRESSES = ['broker', 'host', 'url', 'baseUrl', 'nodes', 'sentinels', 'path', 'named'];
  /** The fields of those parts of a profile whose names are not alike. */
  const FIELDS = {
    brokers: 'broker',
    username: 'user',
    clientId: 'clientid',
    keepAliveSeconds: 'keepalive',
    cleanSession: 'cleansession',
    sessionExpirySeconds: 'sessionExpiry',
    userProperties: 'userProps',
    maxResponseBytes: 'maxResponseMegabytes',
    rateLimit: 'rateRequests',
  };
  const HEADINGS = { birth: 'birth', close: 'close', will: 'will', retry: 'retries', circuitBreaker: 'circuit' };

  /** What a node has in the editor: only what was typed since it was deployed, the runtime knows the rest. */
  const typedCredentials = (node) => {
    const { credentials = {}, _def } = node;
    const names = Object.keys(_def.credentials ?? {}).filter((name) => {
      const value = credentials[name];
      return typeof value === 'string' && value !== STORED && value !== credentials._?.[name];
    });
    return Object.fromEntries(names.map((name) => [name, credentials[name]]));
  };

  const settingsOf = (node) => {
    const names = Object.keys(node._def.defaults).filter((name) => (node[name] ?? '') !== '');
    return Object.fromEntries(names.map((name) => [name, node[name]]));
  };

  /** The other profiles of the type, those with a like address first, as many as may be sent. */
  const othersOf = (type, { id, settings }) => {
    const found = [];
    RED.nodes.eachConfig((node) => {
      if (node.type === type && node.id !== id && !node.d) found.push(node);
    });
    const isNear = (node) => ADDRESSES.some((name) => node[name] && node[name] === settings[name]);
    found.sort((one, other) => Number(isNear(other)) - Number(isNear(one)));
    let left = MOST_CHARACTERS;
    const others = found.slice(0, MOST_OTHERS).map((node) => {
      return { id: node.id, settings: settingsOf(node), credentials: typedCredentials(node) };
    });
    return others.filter((other) => (left -= JSON.stringify(other).length) > 0);
  };

  const nameOf = (id) => {
    const node = RED.nodes.node(id);
    return node ? RED.utils.getNodeLabel(node, id) : undefined;
  };

  Object.assign(window.EdgepoolDialog.prototype, {
    /** Nothing is said while the runtime is away, or to who may not read. Parameters as of `unsaved`. */
    compareWithOthers(node, more) {
      const box = $(`#${this.type}-neighbours`);
      if (!this.may('connection-pool.read')) return;
      let timer;
      let asked = 0;
      const ask = () => {
        // The dialog may have been closed meanwhile.
        if (!box[0]?.isConnected) return;
        const body = this.unsaved(node, more);
        const others = othersOf(this.type, body);
        asked += 1;
        const number = asked;
        if (others.length === 0) return box.empty();
        const unchanged = (name) => body.credentials[name] === (node.credentials?._?.[name] ?? STORED);
        for (const name of Object.keys(body.credentials)) if (unchanged(name)) delete body.credentials[name];
        $.ajax({
          url: 'connection-pool/compare',
          method: 'POST',
          contentType: 'application/json',
          dataType: 'json',
          data: JSON.stringify({ ...body, others }),
        })
          .done((answer) => number === asked && this.showNeighbours(box, answer))
          .fail(() => number === asked && box.empty());
      };
      const askSoon = () => {
        clearTimeout(timer);
        timer = setTimeout(ask, PAUSE_MILLIS);
      };
      box.closest('.edgepool-form').on('change input', askSoon);
      askSoon();
    },

    showNeighbours(box, { same, alike, fights, apart }) {
      box.empty();
      const add = (icon, text) =>
        $('<div>')
          .append($('<i>', { class: `fa ${icon}`, 'aria-hidden': true }), $('<span>').text(text))
          .appendTo(box);
      const addAll = (ids, words) => {
        const names = ids.map(nameOf).filter(Boolean);
        const more = names.length > MOST_SHOWN ? ', …' : '';
        if (names.length > 0) add('fa-link', words(names.slice(0, MOST_SHOWN).join(', ') + more));
      };
      const addEach = (others, icon, words) => {
        for (const { id, because } of others.slice(0, MOST_SHOWN)) {
          const name = nameOf(id);
          if (name) add(icon, words({ name, parts: this.partsInWords(because) }));
        }
      };
      addEach(fights, 'fa-exclamation-triangle', (values) => this.shared('dialogs.neighbours.fights', values));
      addAll(same, (names) => this.shared('dialogs.neighbours.same', { names }));
      addAll(alike, (names) => this.shared('dialogs.neighbours.alike', { names }));
      addEach(apart, 'fa-chain-broken', (values) => this.shared('dialogs.neighbours.apart', values));
    },

    /** The labels of the fields behind the parts of a profile. */
    partsInWords(parts) {
      const words = parts.map((part) => {
        const field = FIELDS[part] ?? part.replace(/Millis$/, 'Seconds');
        const key = HEADINGS[part] ? `heading.${HEADINGS[part]}` : `label.${field}`;
        const text = this.text(key);
        return text.endsWith(key) ? '' : text.split(/[:：]/)[0];
      });
      const known = [...new Set(words.filter(Boolean))];
      return known.length > 0 ? known.join(', ') : this.shared('dialogs.neighbours.others');
    },
  });
})();
