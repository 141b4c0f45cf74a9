/**
 * Loads what the dialogs of this package share, once, whichever of its nodes comes first. The requests are synchronous:
 * the editor would wait for a `<script src>` in the html of a node for ever if it can't be had, and the validators are
 * needed as soon as a node is registered. All or nothing: without one of the files the dialogs do without any.
 */
(function () {
  const FOLDER = 'resources/@edgepool/node-red-connection-pool/dialogs/';
  const FILES = [
    'dialog',
    'parts',
    'validators',
    'typed-inputs',
    'lists',
    'suggestions',
    'overlaps',
    'named-profile',
    'test-connection',
    'neighbours',
    'used-by',
    'lifecycle',
    'command-help',
  ];

  const isLoaded = (file) => {
    const request = $.ajax({ url: `${FOLDER}${file}.js`, dataType: 'script', cache: true, async: false });
    return request.state() === 'resolved';
  };
  if (!FILES.every(isLoaded)) return;
  $('<link>', { rel: 'stylesheet', href: `${FOLDER}dialogs.css` }).appendTo('head');
  window.edgepoolDialog = (type) => new window.EdgepoolDialog(type);
})();
