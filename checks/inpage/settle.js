// Resolves when fonts are there and nothing novel has changed for 100 ms, at most after `limit` milliseconds. A ticking clock or a
// carousel repeats itself: after twenty changes of one kind on one element they no longer count. A transition (a menu that moves out of
// the view when the window gets narrow) is waited for as well, not longer than a person would wait for it.
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
  const moving = (now) => now - began < 800 && document.getAnimations().some((a) => a instanceof CSSTransition && a.playState === 'running');
  const quiet = document.scripts.length ? 100 : 0;
  const look = () => {
    const now = performance.now();
    if ((now - last >= quiet && document.fonts.status === 'loaded' && !moving(now)) || now - began > limit) {
      watch.disconnect();
      done(0);
    } else setTimeout(look, 25);
  };
  look();
})
