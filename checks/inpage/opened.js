// Where focus is in relation to what a control opened: inside it, on something that it covers, or elsewhere.
(S, arg) => {
  const deepActive = () => {
    let el = document.activeElement;
    while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
    return el && el !== document.body && el !== document.documentElement ? el : null;
  };
  const hitAt = (x, y) => {
    let el = document.elementFromPoint(x, y);
    while (el && el.shadowRoot) {
      const inner = el.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === el) break;
      el = inner;
    }
    return el;
  };
  const within = (el, root) => Boolean(el && S.closest(el, (at) => at === root));
  const stop = (el) => el.tabIndex >= 0 && S.focusable(el);
  const get = (path) => {
    try {
      return S.find(path);
    } catch {
      return null;
    }
  };

  if (arg.do === 'layer') {
    // The layer: what the differ calls one, else the nearest common ancestor of what was shown.
    let layer = arg.layers.map(get).find(Boolean) || null;
    const shown = arg.shown.map(get).filter((el) => el && S.visible(el));
    const trigger = get(arg.trigger);
    if (!layer && shown.length) {
      layer = shown[0];
      while (layer && !shown.every((el) => within(el, layer))) layer = S.parent(layer);
      // Up to the box that is laid over the page, if there is one.
      const over =
        layer &&
        S.closest(
          layer,
          (at) => /fixed|absolute/.test(getComputedStyle(at).position) && at !== document.body && !within(trigger, at),
        );
      if (over) layer = over;
    }
    if (!layer || layer === document.body || layer === document.documentElement || within(trigger, layer)) return null;
    // Does it keep the mouse from the rest of the page? A grid of points; the layer or a backdrop must be on top of most.
    let points = 0,
      blocked = 0;
    const veil = (el) => {
      const r = el.getBoundingClientRect();
      return (
        /fixed|absolute/.test(getComputedStyle(el).position) && r.width * r.height >= 0.6 * innerWidth * innerHeight
      );
    };
    for (let i = 1; i < 10; i += 1)
      for (let j = 1; j < 10; j += 1) {
        const hit = hitAt((innerWidth * i) / 10, (innerHeight * j) / 10);
        points += 1;
        if (
          hit &&
          (within(hit, layer) ||
            (hit !== document.documentElement &&
              hit !== document.body &&
              S.closest(
                hit,
                (at) => at !== document.body && at !== document.documentElement && veil(at) && !at.contains(trigger),
              )))
        )
          blocked += 1;
      }
    const role = S.role(layer);
    // Entries of a menu that Tab passes by: arrow keys must go to them. `only`: those whose address no other stop on the page leads to.
    const menu = role === 'menu' ? layer : layer.querySelector('[role=menu]');
    const others = menu ? S.all('a[href]').filter((a) => stop(a) && S.visible(a) && !within(a, menu)) : [];
    const shut = menu
      ? S.all('[role^=menuitem],a[href],button', menu, 500).filter(
          (el) => S.visible(el) && !stop(el) && !S.disabled(el),
        )
      : [];
    const only = shut.filter((el) => el.localName === 'a' && !others.some((a) => S.url(a) === S.url(el)));
    return S.place(layer, {
      shut: shut.map((el) => S.selector(el)).slice(0, 20),
      only: only.map((el) => S.name(el).slice(0, 60)).slice(0, 20),
      role,
      name: S.name(layer).slice(0, 80),
      modal: layer.getAttribute('aria-modal') === 'true' || (layer.localName === 'dialog' && layer.matches(':modal')),
      blocked: Math.round((100 * blocked) / points) / 100,
      stops: S.all('*', layer, 2000).filter(stop).length,
      dialog: /^(dialog|alertdialog|menu|listbox)$/.test(role),
    });
  }
  if (arg.do === 'closer') {
    const layer = get(arg.layer);
    const button = layer
      ? S.all('button,[role=button],input[type=button],a[href^="#"]', layer, 500).find(
          (el) => stop(el) && S.visible(el) && /^(sluit|close|annuleer|cancel|ok\b|[x\u00d7\u2715]$)/i.test(S.name(el)),
        )
      : null;
    return button ? { path: S.selector(button), name: S.name(button).slice(0, 60) } : null;
  }
  if (arg.do === 'order') {
    // How many stops come before this element, or the one with focus (-1: it is none), and by what a person knows the page.
    const stops = S.all('*', document, 5000).filter((el) => stop(el) && S.visible(el));
    const el = arg.path ? get(arg.path) : deepActive();
    const heading = S.all('h1').find((h) => S.visible(h));
    return {
      at: el ? stops.indexOf(el) : -1,
      focused: Boolean(deepActive()),
      page: [document.title, location.href, heading ? S.text(heading, 100) : ''].join('|'),
    };
  }
  if (arg.do === 'where') {
    const layer = get(arg.layer);
    const el = deepActive();
    const open = Boolean(layer && S.visible(layer));
    if (!el) return { where: 'nowhere', open, path: '', hasFocus: document.hasFocus() };
    const r = el.getBoundingClientRect();
    const x = Math.min(innerWidth - 1, Math.max(0, r.x + r.width / 2)),
      y = Math.min(innerHeight - 1, Math.max(0, r.y + r.height / 2));
    const inView =
      r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth && r.width > 2 && r.height > 2;
    const hit = inView ? hitAt(x, y) : null;
    const covered = Boolean(hit && !within(hit, el) && !within(el, hit) && !(layer && within(el, layer)));
    return {
      where: layer && within(el, layer) ? 'inside' : covered ? 'covered' : 'outside',
      open,
      path: S.selector(el),
      place: S.place(el),
      hasFocus: document.hasFocus(),
    };
  }
  return null;
};
