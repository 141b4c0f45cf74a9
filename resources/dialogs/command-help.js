/** What Redis commands there are, with their arguments and what they do: suggested and explained while one is typed. */
(function () {
  const COMMANDS = 'resources/@edgepool/node-red-connection-pool/redis-commands.json';
  const MOST_SUGGESTED = 60;

  /** Loaded once, when first needed. */
  let commands;
  const loadCommands = () => {
    commands ??= Promise.resolve($.getJSON(COMMANDS)).catch(() => {
      commands = undefined;
      return [];
    });
    return commands;
  };

  const describe = ({ name, args, summary }) => {
    const line = $('<div>');
    $('<b>').text(name).appendTo(line);
    $('<span>').text(` ${args}`).appendTo(line);
    $('<div>').css({ fontSize: '0.9em', opacity: 0.7 }).text(summary).appendTo(line);
    return line;
  };

  /** The command of a line: `CONFIG GET maxmemory` is CONFIG GET. */
  const findCommand = async (line) => {
    const words = String(line ?? '')
      .trim()
      .toUpperCase()
      .split(/\s+/);
    const known = await loadCommands();
    return (
      known.find(({ name }) => name === words.slice(0, 2).join(' ')) ?? known.find(({ name }) => name === words[0])
    );
  };

  Object.assign(window.EdgepoolDialog.prototype, {
    /** Suggests commands, as a typed input wants it. */
    async suggestCommands(value, done) {
      const wanted = value.trim().toUpperCase();
      const known = (await loadCommands()).filter(({ name }) => name.includes(wanted));
      const begins = ({ name }) => (name.startsWith(wanted) ? 0 : 1);
      known.sort((a, b) => begins(a) - begins(b));
      done(known.slice(0, MOST_SUGGESTED).map((command) => ({ value: command.name, label: describe(command) })));
    },

    /**
     * Explains the command of a line in an element, and warns of one that a shared connection refuses.
     * @param {object} about jQuery of the element
     * @param {string} line empty if the command isn't known yet
     */
    async explainCommand(about, line) {
      const found = await findCommand(line);
      about.empty().toggle(Boolean(found));
      if (!found) return;
      $('<code>').text(`${found.name} ${found.args}`.trim()).appendTo(about);
      $('<div>').text(`${found.summary}.`).appendTo(about);
      if (!found.own || this.input('dedicated').prop('checked')) return;
      $('<div>').css('color', 'var(--red-ui-text-color-warning)').text(this.text('hint.own')).appendTo(about);
    },
  });
})();
