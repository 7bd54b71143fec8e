// Resolves when fonts are there and nothing novel has changed for 100 ms, at most after `limit` milliseconds. A ticking clock or a
// carousel repeats itself: after twenty changes of one kind on one element they no longer count. A transition (a menu that moves out of
// the view when the window gets narrow) is waited for as well, not longer than a person would wait for it. A page with scripts that shows
// nothing at all yet is not ready, however still it is: web components (Ionic) stay hidden until their code has come.
(S, limit) =>
  new Promise((done) => {
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
    const moving = (now) =>
      now - began < 800 &&
      document.getAnimations().some((a) => a instanceof CSSTransition && a.playState === 'running');
    const quiet = document.scripts.length ? 100 : 0;
    // The second driver has no library here.
    const words = () => (S ? S.afresh(() => S.text(document.body, 20)) : document.body.innerText.trim());
    const shows = () =>
      !document.scripts.length ||
      !document.body ||
      words() !== '' ||
      [...document.querySelectorAll('img,svg,canvas,video,audio,iframe,frame,object,embed,input,button')].some((el) =>
        el.checkVisibility({ visibilityProperty: true }),
      );
    const look = () => {
      const now = performance.now();
      if (
        (now - last >= quiet && document.fonts.status === 'loaded' && !moving(now) && shows()) ||
        now - began > limit
      ) {
        watch.disconnect();
        done(0);
      } else setTimeout(look, 25);
    };
    look();
  });
