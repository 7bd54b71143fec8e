// Which listening elements a keyboard may not reach, where to click them, and which controls might do the same by keyboard.
(S, arg) => {
  const NATIVE =
    'a[href],area[href],button,input,select,textarea,summary,iframe,audio,video,object,embed,[contenteditable=""],[contenteditable=true]';
  const COMPOSITES =
    '[role=tablist],[role=menu],[role=menubar],[role=listbox],[role=radiogroup],[role=grid],[role=tree],[role=treegrid],[role=toolbar],[role=combobox],[role=application],[aria-activedescendant]';
  const stop = (el) => el.tabIndex >= 0 && S.focusable(el);
  const stopsIn = (root) => S.all('*', root, 3000).filter(stop);
  const around = (el, test) => {
    for (let at = S.parent(el); at && at !== document.body && at !== document.documentElement; at = S.parent(at))
      if (test(at)) return at;
    return null;
  };
  const signature = (el) =>
    [
      el.localName,
      el.getAttribute('role') || '',
      [...el.classList].sort().join('.'),
      el.parentElement ? el.parentElement.localName + '.' + [...el.parentElement.classList].sort().join('.') : '',
    ].join('|');

  // The label of a box that is not rendered: nothing but a click on the label reaches that box.
  const speaksForHidden = (el) =>
    el.localName === 'label' &&
    el.control &&
    el.control.matches('input[type=checkbox],input[type=radio]') &&
    !S.disabled(el.control) &&
    !el.control.checkVisibility({ visibilityProperty: true });

  if (arg.do === 'sort') {
    const out = [];
    const seen = new Set();
    // A native control works by keyboard by itself, unless a script that hears its keys keeps them.
    const KEYED = 'button,a[href],input[type=button],input[type=submit]';
    const consider = (el, types, via) => {
      if (!el || seen.has(el) || !el.isConnected || el === document.body || el === document.documentElement) return;
      seen.add(el);
      const r = el.getBoundingClientRect();
      if (!S.visible(el) || r.width < 8 || r.height < 8 || r.width * r.height > 0.5 * innerWidth * innerHeight) return;
      if (
        S.disabled(el) ||
        S.closest(el, (at) => at.inert) ||
        (el.closest('label') && !speaksForHidden(el)) ||
        el.closest('summary') ||
        el.localName === 'canvas' ||
        /^(option|optgroup|source|track)$/.test(el.localName)
      )
        return;
      const focusable = stop(el);
      const composite = S.closest(el, (at) => at.matches(COMPOSITES));
      // A widget that keeps its own focus (aria-activedescendant, a menu as one stop) has keys of its own, also as a whole.
      // The bars of a text editor are reached by keys of the editor itself (Alt+F9, Alt+F10).
      let near = 5;
      const ofEditor =
        composite &&
        composite.matches('[role=menubar],[role=toolbar]') &&
        S.closest(
          composite,
          (at) => near-- > 0 && at.querySelector('[contenteditable=""],[contenteditable=true],iframe'),
        );
      const compositeStop =
        Boolean(ofEditor) ||
        Boolean(composite && (composite !== el ? stop(composite) || stopsIn(composite).length : focusable));
      if (focusable) {
        const native = el.matches(NATIVE);
        const pointerOnly =
          types.some((t) => /^(mousedown|mouseup|pointerdown|pointerup|touchstart|touchend|dblclick)$/.test(t)) &&
          !types.includes('click') &&
          !types.some((t) => /^key/.test(t));
        const links = el.matches('a[href]') && !/^(#|javascript:)/i.test(el.getAttribute('href') || '');
        const keyed = el.matches(KEYED) && types.some((t) => /^key(down|press|up)$/.test(t));
        if (
          native
            ? !keyed &&
              !(pointerOnly && el.matches('button,a[href],input[type=button]') && !links && el.type !== 'submit')
            : !(
                types.some((t) => /^(click|mousedown|mouseup|pointerdown|touchstart)$/.test(t)) ||
                /^(button|link|checkbox|switch|tab|menuitem|radio)$/.test(S.role(el))
              )
        )
          return;
        if (!native && stopsIn(el).length) return;
        out.push(
          S.place(el, {
            kind: 'focusable',
            role: S.role(el),
            name: (S.name(el) || S.text(el, 80)).slice(0, 80),
            types,
            via,
            composite: compositeStop,
            keyed,
            link: el.matches('a[href]'),
            signature: signature(el),
          }),
        );
        return;
      }
      // A card around a link, a decoration inside a button: the keyboard has another way in.
      if (stopsIn(el).length || around(el, stop)) return;
      out.push(
        S.place(el, {
          kind: 'mouse',
          role: S.role(el),
          name: (S.name(el) || S.text(el, 80)).slice(0, 80),
          types,
          via,
          composite: compositeStop,
          signature: signature(el),
        }),
      );
    };
    // What stands in the tab order and listens to nothing itself: what lies around it may hear its clicks.
    const clicked = new Set();
    for (const item of arg.items) {
      try {
        if (item.types.some((t) => /^(click|mousedown|mouseup|pointerdown|touchstart)$/.test(t)))
          clicked.add(S.find(item.selector));
      } catch {
        /* gone */
      }
    }
    const READ = /^(region|tabpanel|group|dialog|alertdialog|article|document|table|main|form|figure|log|note)$/;
    for (const el of S.all('[tabindex]').slice(0, 500))
      if (
        !clicked.has(el) &&
        el.tabIndex >= 0 &&
        !el.matches(NATIVE) &&
        !READ.test(S.role(el)) &&
        !S.closest(el, (at) => at.matches(COMPOSITES)) && // a widget has keys of its own
        !/auto|scroll/.test(getComputedStyle(el).overflowX + getComputedStyle(el).overflowY) &&
        (arg.clickRoot || around(el, (at) => clicked.has(at)))
      )
        consider(el, ['click'], ['delegated']);
    for (const item of arg.items) {
      try {
        consider(S.find(item.selector), item.types, item.via);
      } catch {
        /* gone */
      }
    }
    for (const el of S.all('button,a[href],input,select,textarea,summary,[role=button],[role=link]'))
      if (el.tabIndex < 0 && el.hasAttribute('tabindex')) consider(el, ['click'], ['tabindex']);
    for (const el of S.all('label')) if (speaksForHidden(el)) consider(el, ['click'], ['label']);
    // What hears the keys of all that lies in it may keep them from every link: one link of each tells.
    for (const path of ['', ...(arg.keyed || [])].slice(arg.keyRoot ? 0 : 1, 4)) {
      const leads = (a) => /^https?:/.test(a.href) && a.href.split('#')[0] !== location.href.split('#')[0];
      const within = path ? S.find(path) : document;
      const link = within && S.all('a[href]', within, 300).find((a) => leads(a) && !seen.has(a) && S.visible(a));
      if (link) consider(link, ['keydown'], ['around']);
    }
    // Of nested ones the inner is enough: it is what people aim at.
    return out.filter(
      (item) =>
        !out.some(
          (other) =>
            other !== item &&
            other.kind === 'mouse' &&
            item.kind === 'mouse' &&
            other.selector.startsWith(item.selector + ' '),
        ),
    );
  }
  if (arg.do === 'handle') {
    // Something small to hold and drag, such as the knob of a slider, without a field or button in or close around what it lies in.
    const el = S.find(arg.path);
    const r = el && S.visible(el) ? el.getBoundingClientRect() : { width: 0, height: 0 };
    const small = Math.max(r.width, r.height) <= 64 && Math.min(r.width, r.height) >= 8;
    if (!small || S.inMap(el) || S.closest(el, (at) => at.matches(COMPOSITES))) return { ok: false };
    S.reveal(el);
    const at = el.getBoundingClientRect();
    const track = (el.parentElement === document.body ? el : el.parentElement).getBoundingClientRect();
    const around = { left: track.left - 60, right: track.right + 60, top: track.top - 60, bottom: track.bottom + 60 };
    const beside = stopsIn(document).some((other) => {
      const b = other.getBoundingClientRect();
      const near = b.left < around.right && b.right > around.left && b.top < around.bottom && b.bottom > around.top;
      return near && !other.matches('a[href]');
    });
    const before = (one) => (one && one.previousElementSibling ? S.text(one.previousElementSibling, 60) : '');
    const name = S.name(el) || S.text(el, 60) || before(el) || before(el.parentElement);
    return { ok: !beside, name, x: at.left + at.width / 2, y: at.top + at.height / 2 };
  }
  if (arg.do === 'neutral') {
    // A text that is no part of what was clicked, nor of any control.
    const el = S.find(arg.path);
    const at = S.all('h1,h2,p').find(
      (text) =>
        S.visible(text) &&
        !text.contains(el) &&
        !(el && el.parentElement && el.parentElement.contains(text)) &&
        !stopsIn(text).length &&
        !stop(text) &&
        !around(text, stop) &&
        getComputedStyle(text).cursor !== 'pointer',
    );
    return { path: at ? S.selector(at) : '' };
  }
  if (arg.do === 'aim') {
    const el = S.find(arg.path);
    if (!el || !S.visible(el)) return { ok: false };
    // A slide that has come to the front meanwhile: Tab reaches it now.
    if (arg.mouse && (stop(el) || stopsIn(el).length || around(el, stop))) return { ok: false };
    S.reveal(el);
    const r = el.getBoundingClientRect();
    for (const [fx, fy] of [
      [0.5, 0.5],
      [0.25, 0.5],
      [0.75, 0.5],
      [0.5, 0.25],
      [0.1, 0.1],
    ]) {
      const x = r.left + fx * r.width,
        y = r.top + fy * r.height;
      let hit = document.elementFromPoint(x, y);
      while (
        hit &&
        hit.shadowRoot &&
        hit.shadowRoot.elementFromPoint(x, y) &&
        hit.shadowRoot.elementFromPoint(x, y) !== hit
      )
        hit = hit.shadowRoot.elementFromPoint(x, y);
      if (hit && S.closest(hit, (at) => at === el)) return { ok: true, x, y };
    }
    return { ok: false };
  }
  if (arg.do === 'focus') {
    const el = S.find(arg.path);
    if (!el) return { ok: false };
    el.focus({ focusVisible: true });
    const root = el.getRootNode();
    return { ok: root.activeElement === el };
  }
  if (arg.do === 'widget') {
    // The Tab stops of the widget around it: the widget itself, or the parts of it that Tab reaches.
    const el = S.find(arg.path);
    const widget = el && S.closest(el, (at) => at.matches(COMPOSITES));
    const stops = widget ? (stop(widget) ? [widget] : stopsIn(widget)) : [];
    return {
      stops: stops
        .filter((at) => at !== el)
        .slice(0, 2)
        .map((at) => S.selector(at)),
      // Of these, arrow keys are the only way to their parts; a letter goes to the part whose name begins with it.
      moved: Boolean(widget && widget.matches('[role=tablist],[role=menubar],[role=menu],[role=radiogroup]')),
      letters: (/^[a-z]/i.exec(el ? S.name(el) || S.text(el, 20) : '') || []).slice(0, 1),
    };
  }
  if (arg.do === 'parts') {
    // All that a key could change of the widget around it: focus, states, what stands on the page.
    const el = S.find(arg.path);
    const widget = el && S.closest(el, (at) => at.matches(COMPOSITES));
    const active = document.activeElement;
    const states = (at) => [...at.attributes].map(({ name, value }) => `${name}=${value}`).join(' ');
    return {
      all: [
        active ? S.selector(active) : '',
        ...(widget ? [widget, ...S.all('*', widget, 300)] : []).map(states),
        S.text(document.body, 20000),
      ].join('|'),
    };
  }
  if (arg.do === 'others') {
    const el = S.find(arg.path);
    const clean = (url) => String(url).replace(/#.*$/, '').replace(/\/$/, '');
    const places = arg.leaves.map((url) => clean(url.replace(/^[A-Z]+ /, '')));
    const all = stopsIn(document);
    const links = all.filter((other) => other.matches('a[href],area[href]'));
    const sameTarget = links.filter((other) => other !== el && places.some((url) => clean(S.url(other)) === url));
    if (sameTarget.length) return { links: sameTarget.slice(0, 3).map((other) => S.selector(other)), controls: [] };
    const found = new Set();
    const name = el ? (S.name(el) || S.text(el, 80)).toLowerCase().trim() : '';
    const changed = arg.changed
      .map((path) => {
        try {
          return S.find(path);
        } catch {
          return null;
        }
      })
      .filter(Boolean);
    for (const other of all) {
      const target = other.getAttribute('aria-controls');
      if (target && changed.some((c) => S.closest(c, (at) => target.split(/\s+/).includes(at.id)))) found.add(other);
      if (name && name.length > 1 && (S.name(other) || '').toLowerCase().trim() === name) found.add(other);
    }
    let guard = '';
    let up = el;
    for (let i = 0; i < 5 && up; i += 1) {
      up = S.parent(up);
      if (!up || up === document.body || up === document.documentElement) break;
      const inside = stopsIn(up);
      if (inside.length && inside.length <= 14) for (const other of inside.slice(0, 6)) found.add(other);
      if (inside.length) {
        if (found.size >= 3) break;
      }
    }
    // Controls next to what changed may be another way to the same (a carousel's arrows beside its clickable dots).
    for (const c of changed) {
      let at = c;
      for (let i = 0; i < 4 && at && at !== document.body; i += 1, at = S.parent(at))
        for (const other of stopsIn(at).slice(0, 3))
          if (found.size < 8 && other.matches('button,[role=button],input,select,summary')) found.add(other);
    }
    // A step in a row of steps: the buttons at the end of its form lead on and back as well.
    const form = el && el.closest('form,[role=form],[role=dialog],dialog');
    if (form)
      for (const other of stopsIn(form)
        .filter((at) => at.matches('button,input[type=button],[role=button]') && at.type !== 'submit')
        .slice(-2))
        if (found.size < 7) found.add(other);
    return {
      links: [],
      guard,
      controls: [...found]
        .filter((other) => other !== el && !other.matches('input[type=file],input[type=password],iframe'))
        .slice(0, 7)
        .map((other) => ({
          selector: S.selector(other),
          tag: other.localName,
          type: other.type || '',
          role: S.role(other),
          href:
            other.matches('a[href]') && !/^(#|javascript:)/i.test(other.getAttribute('href') || '')
              ? other.href.slice(0, 500)
              : '',
        })),
    };
  }
  if (arg.do === 'menus') {
    // Items whose nested links are not to be seen: do they come out on hover, and also by keyboard? What Tab reaches is no loss, seen or not.
    const lost = (a) => !S.visible(a) && !stop(a);
    const BUTTONS = 'button,[role=button],input[type=button],input[type=submit]';
    const lostIn = (el, apart) =>
      [...el.querySelectorAll(apart ? `a[href],${BUTTONS}` : 'a[href]')].filter((a) => lost(a) && !S.disabled(a));
    const inMenus = 'nav,header,[role=navigation],[role=menubar],[role=banner]';
    const items = S.all('li,[role=none],.menu-item,.dropdown')
      .filter((li) => li.closest(inMenus) && S.visible(li))
      .filter((li) => {
        const hidden = [...li.querySelectorAll('ul a[href], ol a[href], div a[href]')].filter(lost);
        return hidden.length >= 1 && !li.parentElement.closest('li');
      })
      .map((li) => ({ li, first: [...li.children].find((c) => S.visible(c) && !c.matches('ul,ol')) || li }));
    // Elsewhere: what is known to react to the pointer coming in, with its likes, and holds such links or buttons, or whose neighbour does.
    const hosts = arg.hosts.map((path) => S.find(path)).filter((el) => el && !el.closest(inMenus));
    const likes = hosts.flatMap((el) =>
      S.all(el.localName)
        .filter((at) => at !== el && signature(at) === signature(el))
        .slice(0, arg.limit),
    );
    const known = [...hosts, ...likes];
    const apart = [];
    for (const el of known) {
      const holders = el.querySelector(`a[href],${BUTTONS}`) ? [el] : [el, S.parent(el)];
      const host = holders.find((at) => at && at !== document.body && lostIn(at, true).length);
      if (!host || !S.visible(el) || apart.some(({ li }) => li.contains(host) || host.contains(li))) continue;
      if (stopsIn(host).length <= 14) apart.push({ li: host, first: el, apart: true });
    }
    // What is not rendered has no computed name.
    const called = (el) =>
      (S.name(el) || el.getAttribute('aria-label') || el.textContent || el.value || el.title || '').trim();
    const reached = apart.length ? stopsIn(document).slice(0, 1000) : [];
    // What a button's name begins with may be on a button for all that is chosen: `Verwijder`, `Verwijderen`.
    const start = (el) => called(el).slice(0, 5).toLowerCase();
    const menus = [...items, ...apart].slice(0, 200).map(({ li, first, apart }) => {
      const hidden = lostIn(li, apart).slice(0, 40);
      const links = hidden.filter((a) => a.matches('a[href]'));
      const buttons = hidden.filter((a) => !a.matches('a[href]') && called(a));
      const elsewhere = new Set(
        S.all('a[href]')
          .filter((a) => !li.contains(a) && (apart || S.visible(a)))
          .map((a) => S.url(a).split('#')[0]),
      );
      const likely = (button) =>
        reached.some((el) => !li.contains(el) && called(el).toLowerCase().includes(start(button)));
      // Films, code to copy and widgets have keys of their own, or need none.
      const keys =
        S.closest(li, (at) => at.matches(`${COMPOSITES},dialog,[role=dialog],[role=alert],[role=status]`)) ||
        li.querySelector(`${COMPOSITES},video,audio,canvas,pre,code,iframe,[contenteditable]`);
      // A button beside it may open it too.
      const beside = apart ? [li.previousElementSibling, li.nextElementSibling] : [];
      const triggers = [...stopsIn(li), ...beside.filter((el) => el && stop(el)), ...(stop(li) ? [li] : [])]
        .filter((el) => S.visible(el) && !hidden.includes(el))
        .slice(0, 4);
      return S.place(li, {
        first: S.selector(first),
        name: S.text(first, 80),
        triggers: triggers.map((t) => ({
          selector: S.selector(t),
          link: t.matches('a[href]') && !/^(#|javascript:)/i.test(t.getAttribute('href') || ''),
        })),
        hidden: hidden.map((a) => S.selector(a)),
        missing: links.filter((a) => !elsewhere.has(S.url(a).split('#')[0])).length,
        buttons: buttons.map((button) => called(button).slice(0, 80)),
        likely: Boolean(keys) || buttons.some(likely),
        apart: Boolean(apart),
      });
    });
    const few = (which) =>
      menus.filter((menu) => (menu.missing || menu.buttons.length) && menu.apart === which).slice(0, arg.limit);
    return [...few(false), ...few(true)];
  }
  if (arg.do === 'links')
    return {
      addresses: [
        ...new Set(
          stopsIn(document)
            .filter((el) => el.matches('a[href],area[href]'))
            .map((el) => S.url(el)),
        ),
      ].slice(0, 500),
    };
  if (arg.do === 'visible')
    return {
      count: arg.paths.filter((path) => {
        try {
          const el = S.find(path);
          return el && S.visible(el);
        } catch {
          return false;
        }
      }).length,
    };
  return null;
};
