// Runs in: base
(S) => {
  // What moves or may move by itself: running animations that last, marquees, animated picture formats, playing films, canvases.
  const LOADING = /spinner|loader|loading|skeleton|progress|laden|placeholder|shimmer/i;
  const loading = (el) =>
    Boolean(
      S.closest(
        el,
        (at) =>
          at.getAttribute('aria-busy') === 'true' ||
          at.getAttribute('role') === 'progressbar' ||
          at.localName === 'progress' ||
          (LOADING.test(`${at.id} ${at.getAttribute('class') || ''}`.slice(0, 300)) &&
            at.getBoundingClientRect().height < 400),
      ),
    );
  const things = [];
  const known = new Map();
  const add = (el, kind, more = {}) => {
    // What blinks may be away at this very moment.
    const blinks = kind === 'animation' && (more.properties || []).some((name) => /^(opacity|visibility)$/.test(name));
    if (
      !el ||
      !(
        S.visible(el) ||
        (blinks && el.checkVisibility() && !S.visuallyHidden(el) && el.getBoundingClientRect().width >= 1)
      )
    )
      return;
    const r = el.getBoundingClientRect();
    if (known.has(el)) {
      const was = known.get(el);
      for (const p of more.properties || []) if (was.properties && !was.properties.includes(p)) was.properties.push(p);
      was.changesPerSecond = Math.max(was.changesPerSecond || 0, more.changesPerSecond || 0);
      return;
    }
    if (things.length >= 40) return;
    const thing = S.place(el, {
      kind,
      area: Math.round(r.width * r.height),
      text: S.text(el, 120),
      name: S.name(el).slice(0, 100),
      loading: loading(el),
      ...more,
    });
    known.set(el, thing);
    things.push(thing);
  };
  const SEEN =
    /^(transform|translate|rotate|scale|opacity|visibility|color|background|filter|left|right|top|bottom|inset|margin|width|height|clip|mask|offset|box-?shadow|border|stroke|fill|font|letter|outline|text|padding|d$|x$|y$|cx$|cy$|r$|backdrop|perspective|max|min|flex|grid|gap|content|display)/i;
  for (const animation of document.getAnimations ? document.getAnimations() : []) {
    const effect = animation.effect;
    if (
      !effect ||
      !effect.target ||
      animation.playState !== 'running' ||
      (animation.timeline && animation.timeline !== document.timeline)
    )
      continue;
    const timing = effect.getComputedTiming();
    const lasts = timing.endTime === Infinity ? -1 : timing.endTime / 1000;
    let frames = [];
    try {
      frames = effect.getKeyframes();
    } catch {
      continue;
    }
    const names = [...new Set(frames.flatMap((f) => Object.keys(f)))].filter(
      (name) =>
        (!['offset', 'computedOffset', 'easing', 'composite'].includes(name) &&
          SEEN.test(name) &&
          new Set(frames.map((f) => f[name]).filter((v) => v !== undefined)).size > 1) ||
        (SEEN.test(name) && frames.filter((f) => f[name] !== undefined).length === 1),
    );
    // `steps(6)` between two frames are six changes.
    const steps = (easing) => Number((/steps\((\d+)/.exec(easing || '') || [])[1]) || 1;
    const perRound =
      Math.max(
        1,
        frames.slice(0, -1).reduce((sum, frame) => sum + steps(frame.easing), 0),
      ) * steps(effect.getTiming().easing);
    const seconds = Number(timing.duration) / 1000 || 0;
    if (!names.length || !seconds) continue;
    const changesPerSecond = Math.round((perRound / seconds) * 10) / 10;
    if (lasts >= 0 && lasts <= 5 && changesPerSecond < 6) continue;
    add(effect.target, 'animation', {
      lasts,
      every: seconds,
      properties: names.slice(0, 10),
      pseudo: effect.pseudoElement || '',
      changesPerSecond,
      css: animation.constructor.name,
    });
  }
  for (const el of S.all('marquee,blink')) add(el, el.localName, { lasts: -1 });
  for (const el of S.all('svg animate,svg animateTransform,svg animateMotion,svg set')) {
    const svg = el.closest('svg');
    const repeats =
      el.getAttribute('repeatCount') === 'indefinite' ||
      el.getAttribute('repeatDur') === 'indefinite' ||
      parseFloat(el.getAttribute('repeatCount')) * parseFloat(el.getAttribute('dur')) > 5;
    if (svg && repeats && !/click|mouse|focus/.test(el.getAttribute('begin') || '')) add(svg, 'smil', { lasts: -1 });
  }
  const types = new Map(performance.getEntriesByType('resource').map((e) => [e.name, e.contentType || '']));
  for (const el of S.all('img,input[type=image],image')) {
    const url = String(el.currentSrc || el.src || (el.href && el.href.baseVal) || '');
    if (
      /\.(gif|apng|webp)([?#]|$)/i.test(url) ||
      /gif|apng|webp/.test(types.get(url) || '') ||
      /^data:image\/(gif|webp|apng)/.test(url)
    )
      add(el, 'picture', { url: url.slice(0, 200000) });
  }
  for (const el of S.all('video')) {
    if ((el.autoplay || !el.paused) && !el.ended)
      add(el, 'video', {
        lasts: el.loop ? -1 : Number.isFinite(el.duration) ? el.duration : -1,
        controls: el.controls,
      });
  }
  for (const el of S.all('canvas,lottie-player,dotlottie-player,dotlottie-wc')) {
    const r = el.getBoundingClientRect();
    if (r.width * r.height >= 5000) add(el, 'canvas', { lasts: -1 });
  }
  return {
    things,
    strips: S.all('*', document, 8000)
      .filter((el) => S.strip(el) === el && S.visible(el))
      .slice(0, 20)
      .map((el) => S.place(el)),
  };
};
