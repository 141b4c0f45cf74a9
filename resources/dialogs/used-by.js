/** Who uses the profile whose dialog is open, deployed or not, by flow; a node is shown once the dialog is closed. */
(function () {
  /** The id of the node to be shown. */
  let wanted;
  let isListening = false;

  const revealLater = () => {
    if (isListening) return;
    isListening = true;
    RED.events.on('editor:close', () => {
      const id = wanted;
      wanted = undefined;
      // It may have been deleted meanwhile.
      if (id && RED.nodes.node(id)) RED.view.reveal(id);
    });
  };

  const labelOf = (node) => RED.utils.getNodeLabel(node, node.id);

  Object.assign(window.EdgepoolDialog.prototype, {
    /** Where nodes are: the names of flow, subflow, or none for config nodes. */
    placeOf({ z }) {
      const flow = RED.nodes.workspace(z);
      if (flow) return flow.label || flow.id;
      const subflow = z && RED.nodes.subflow(z);
      if (subflow) return this.shared('dialogs.users.subflow', { name: subflow.name || subflow.id });
      return this.shared('dialogs.users.config');
    },

    /** @param {object} node the config node that is edited; a new one has no users yet */
    showUsers(node) {
      const box = $(`#${this.type}-users`).empty();
      const users = (node.users ?? []).filter(({ id }) => RED.nodes.node(id));
      if (users.length === 0) {
        box.append($('<div class="edgepool-aside">').text(this.shared('dialogs.users.none')));
        return;
      }
      wanted = undefined;
      revealLater();
      const form = users.length === 1 ? 'one' : 'other';
      const list = $('<details>')
        .append($('<summary>').text(this.shared(`dialogs.users.count.${form}`, { count: users.length })))
        .appendTo(box);
      const places = new Map();
      for (const user of users) {
        const place = this.placeOf(user);
        places.set(place, [...(places.get(place) ?? []), user]);
      }
      const content = $('<div>').appendTo(list);
      for (const [place, nodes] of places) {
        $('<div class="edgepool-place">').text(place).appendTo(content);
        const items = $('<ul>').appendTo(content);
        for (const user of nodes) this.userItem(user, content).appendTo(items);
      }
    },

    userItem(user, content) {
      const item = $('<li>');
      const label = labelOf(user);
      if (typeof user.x !== 'number') return item.text(label);
      const note = $('<span class="edgepool-aside edgepool-later" role="status">');
      $('<a href="#">')
        .text(label)
        .on('click', (event) => {
          event.preventDefault();
          wanted = user.id;
          content.find('.edgepool-later').empty();
          note.text(this.shared('dialogs.users.later'));
        })
        .appendTo(item);
      return item.append(' ', note);
    },
  });
})();
