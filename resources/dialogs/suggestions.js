/**
 * Names that the connections of the chosen profile have really seen (topics, channels, keys, devices), suggested while one
 * is typed. Whoever may not read them gets none. What was typed stands first, so that Enter and Tab keep it.
 */
(function () {
  const TOPIC_PLUGINS = 'node-red-mqtt-topic-autocomplete-source';
  /** What the editor itself calls this type. */
  const TEXT = 'typedInput.type.str';
  const MOST_SUGGESTED = 50;
  const PAUSE_MILLIS = 120;

  const mayRead = () => RED.user?.hasPermission?.('connection-pool.read') ?? true;

  /** What plugins of the editor know, as in the core MQTT nodes; one that fails knows nothing. */
  const topicsOfPlugins = async (typed, node) => {
    const plugins = RED.plugins.getPluginsByType(TOPIC_PLUGINS);
    const known = await Promise.all(
      plugins.map((plugin) => Promise.resolve(plugin.getCompletions(typed, { node })).catch(() => [])),
    );
    return known.flat().filter((topic) => String(topic).toLowerCase().includes(typed.toLowerCase()));
  };

  /** An option of the menu: text, whatever is in it. */
  const optionOf = (before, name) => ({ value: before + name, label: $('<span>').text(name) });

  Object.assign(window.EdgepoolDialog.prototype, {
    /** The names that begin with what was typed, or contain it; none if there is anything amiss. */
    async seenNames(kind, typed) {
      const profile = this.input('profile').val();
      if (!kind || !mayRead() || !profile || profile === '_ADD_') return [];
      const complete = this.input('completeTopic').prop('checked') === true;
      const query = { profile, kind, starts: typed, limit: MOST_SUGGESTED, complete };
      const answer = await Promise.resolve($.getJSON('connection-pool/seen', query)).catch(() => ({ names: [] }));
      return answer.names;
    },

    /**
     * What the auto-complete of the editor calls while somebody types.
     * @param {string|(() => string|undefined)} kind as the admin API knows it, see openapi.yaml
     * @param {object} [options] `list`: the field holds several names with commas between; `plugins`: ask those of the
     *   editor, too
     */
    suggestionsOf(kind, { list = false, plugins = false } = {}) {
      let waiting;
      const search = async (value, done) => {
        const start = list ? value.lastIndexOf(',') + 1 : 0;
        const typed = value.slice(start).trimStart();
        const before = value.slice(0, value.length - typed.length);
        const isPlain = !typed.includes('{{') && !this.isFromEnvironment(typed);
        const found = isPlain ? await this.seenNames(typeof kind === 'function' ? kind() : kind, typed) : [];
        const more = plugins && isPlain ? await topicsOfPlugins(typed, this.edited) : [];
        const names = new Set([...found, ...more]);
        names.delete(typed);
        // The dialog may have been closed meanwhile.
        if ($(`.${this.type}`).length === 0) return;
        const kept = typed !== '' && names.size > 0 ? [typed] : [];
        done([...kept, ...names].map((name) => optionOf(before, name)));
      };
      return (value, done) => {
        clearTimeout(waiting);
        waiting = setTimeout(() => void search(value, done), PAUSE_MILLIS);
      };
    },

    /** Suggests names in a plain field; parameters as of `suggestionsOf`. */
    suggest(property, kind, options) {
      this.input(property)
        .attr('autocomplete', 'off')
        .autoComplete({ minLength: 0, search: this.suggestionsOf(kind, options) });
    },

    /** The type "text" of a typed field, with suggestions. */
    suggestingText(kind, options) {
      const search = this.suggestionsOf(kind, options);
      return {
        value: 'str',
        label: RED._(TEXT),
        icon: 'red/images/typedInput/az.svg',
        autoComplete: () => search,
      };
    },

    /** The type "template" of a typed field, with suggestions for its constant part. */
    suggestingTemplate(kind, options) {
      const search = this.suggestionsOf(kind, options);
      return { ...this.typesOf(['template'])[0], autoComplete: () => search };
    },
  });
})();
