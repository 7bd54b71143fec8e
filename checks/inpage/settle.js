// Resolves when fonts are there and nothing novel has changed for 100 ms, at most after `limit` milliseconds. A ticking clock or a
// carousel repeats itself: after twenty changes of one kind on one element they no longer count.
(S, limit) => new Promise((done) => {
  const began = performance.now();
  const seen = new Map();
  let last = began;
  const watch = new MutationObserver((changes) => {
    for (const change of changes) {
      const key = change.type + (change.attributeName || '') + change.target.nodeName + (change.target.id || '');
      const times = (seen.get(key) || 0) + 1;
      seen.set(key, times);
      if (times < 20) last = performance.now();
    }
  });
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const quiet = document.scripts.length ? 100 : 0;
  const look = () => {
    const now = performance.now();
    if ((now - last >= quiet && document.fonts.status === 'loaded') || now - began > limit) {
      watch.disconnect();
      done(0);
    } else setTimeout(look, 25);
  };
  look();
})
