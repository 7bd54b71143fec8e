// The in-page half of checks.effects: fingerprints of one document and their difference. Only reads the page.
(S, arg) => {
  const E = (globalThis.EFFECTS ??= (() => {
    const SKIP = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD', 'OPTION', 'OPTGROUP', 'TRACK', 'SOURCE']);
    const PICTURES = new Set([
      'IMG',
      'svg',
      'VIDEO',
      'CANVAS',
      'IFRAME',
      'OBJECT',
      'EMBED',
      'INPUT',
      'SELECT',
      'TEXTAREA',
      'PROGRESS',
      'METER',
    ]);
    const LAYERS =
      '[role=dialog],[role=alertdialog],[role=menu],[role=listbox],[role=tooltip],dialog,[aria-modal=true],[popover]';
    const ARIA = [
      'expanded',
      'pressed',
      'selected',
      'checked',
      'current',
      'invalid',
      'hidden',
      'sort',
      'valuenow',
      'activedescendant',
      'disabled',
      'busy',
    ];
    const STATEFUL = ARIA.map((name) => `[aria-${name}]`).join() + ',input,select,textarea,details,video,audio';
    const restless = new WeakSet();
    const restlessTexts = new Set();
    // A text that differs in its numbers alone is the same ticker or clock.
    const shape = (text) => text.replace(/\d+/g, '0');
    let before = null,
      watch = null,
      changes = [],
      last = 0,
      scrolled = false,
      target = null;

    const cut = (a, b) => ({
      left: Math.max(a.left, b.left),
      top: Math.max(a.top, b.top),
      right: Math.min(a.right, b.right),
      bottom: Math.min(a.bottom, b.bottom),
    });
    const EVERYWHERE = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };

    // Every text and picture that a person can see (scrolling allowed), each with what it says; clipping by ancestors counts.
    const seen = () => {
      const items = new Map();
      const roots = [document];
      const root = document.documentElement;
      if (!root) return { items, roots }; // document.open(), or its root was taken out: nothing is to be seen
      const rootStyle = getComputedStyle(root);
      const bodyStyle = document.body && getComputedStyle(document.body);
      const cutX =
        /hidden|clip/.test(rootStyle.overflowX) ||
        (bodyStyle && rootStyle.overflowX === 'visible' && /hidden|clip/.test(bodyStyle.overflowX));
      const farRight = cutX ? innerWidth : Math.max(innerWidth, root.scrollWidth - scrollX);
      const viewport = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      const range = document.createRange();
      let count = 0;
      const inSight = (r, clip, fixed) => {
        if (r.width < 1 || r.height < 1) return false;
        const c = cut(r, fixed ? cut(clip, viewport) : clip);
        return (
          c.right - c.left >= 1 &&
          c.bottom - c.top >= 1 &&
          r.right + scrollX > 0 &&
          r.bottom + scrollY > 0 &&
          r.left < farRight
        );
      };
      const walk = (node, flow, positioned, fixed, shown) => {
        if (count > 15000) return;
        if (node.nodeType === Node.TEXT_NODE) {
          if (!shown || !node.data.trim()) return;
          range.selectNodeContents(node);
          if (inSight(range.getBoundingClientRect(), flow, fixed))
            items.set(node, node.data.replace(/\s+/g, ' ').trim().slice(0, 200));
          return;
        }
        if (node.nodeType !== Node.ELEMENT_NODE || SKIP.has(node.tagName)) return;
        count += 1;
        const s = getComputedStyle(node);
        if (s.display === 'none' || s.opacity === '0' || s.contentVisibility === 'hidden') return;
        if (
          (s.clip !== 'auto' && /rect\((0|1)(px)?,? (0|1)(px)?,? (0|1)(px)?,? (0|1)(px)?\)/.test(s.clip)) ||
          /inset\((50|100)%/.test(s.clipPath)
        )
          return;
        if (s.position === 'fixed') {
          flow = EVERYWHERE;
          positioned = EVERYWHERE;
          fixed = true;
        } else if (s.position === 'absolute') flow = positioned;
        const visible = s.visibility === 'visible';
        if (visible && PICTURES.has(node.tagName) && inSight(node.getBoundingClientRect(), flow, fixed)) {
          items.set(
            node,
            `[${node.localName}${node.type ? ' ' + String(node.type).slice(0, 20) : ''}${node.alt ? ' ' + String(node.alt).slice(0, 80) : ''}${node.localName === 'img' ? ' ' + String(node.currentSrc || node.src).slice(-60) : ''}]`,
          );
        }
        if (node.tagName === 'svg') return;
        if ((s.overflowX !== 'visible' || s.overflowY !== 'visible') && node !== root && node !== document.body) {
          const r = node.getBoundingClientRect();
          flow = cut(flow, {
            left: s.overflowX === 'visible' ? -1e9 : r.left,
            right: s.overflowX === 'visible' ? 1e9 : r.right,
            top: s.overflowY === 'visible' ? -1e9 : r.top,
            bottom: s.overflowY === 'visible' ? 1e9 : r.bottom,
          });
          // What can be scrolled into sight is in sight.
          if (/auto|scroll/.test(s.overflowX)) {
            flow.left = -1e9;
            flow.right = 1e9;
          }
          if (/auto|scroll/.test(s.overflowY)) {
            flow.top = -1e9;
            flow.bottom = 1e9;
          }
          if (r.width < 1 || r.height < 1) flow = { left: 0, top: 0, right: 0, bottom: 0 };
        }
        if (s.position !== 'static' || s.transform !== 'none') positioned = flow;
        if (node.tagName === 'DETAILS' && !node.open) {
          for (const child of node.children)
            if (child.tagName === 'SUMMARY') {
              walk(child, flow, positioned, fixed, visible);
              break;
            }
          return;
        }
        if (node.shadowRoot) {
          roots.push(node.shadowRoot);
          for (const child of node.shadowRoot.childNodes) walk(child, flow, positioned, fixed, visible);
          return;
        }
        const kids = node.tagName === 'SLOT' ? node.assignedNodes({ flatten: true }) : node.childNodes;
        for (const child of kids) walk(child, flow, positioned, fixed, visible);
      };
      walk(root, EVERYWHERE, EVERYWHERE, false, true);
      return { items, roots };
    };

    const stateOf = (el) => {
      const parts = ARIA.filter((name) => el.hasAttribute('aria-' + name)).map(
        (name) => `${name}=${el.getAttribute('aria-' + name).slice(0, 40)}`,
      );
      if (el.localName === 'input' && (el.type === 'checkbox' || el.type === 'radio'))
        parts.push(`checked=${el.checked}`);
      else if (/^(input|select|textarea)$/.test(el.localName))
        parts.push(`value=${el.type === 'password' ? el.value.length : String(el.value).slice(0, 40)}`);
      if (/^(input|select|textarea|button)$/.test(el.localName) && el.disabled) parts.push('disabled');
      if (el.localName === 'details') parts.push(`open=${el.open}`);
      if (el.localName === 'video' || el.localName === 'audio') parts.push(`paused=${el.paused} muted=${el.muted}`);
      return parts.join(' ');
    };

    const active = () => {
      let el = document.activeElement;
      while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
      return el &&
        el !== document.body &&
        el !== document.documentElement &&
        el.localName !== 'iframe' &&
        el.localName !== 'frame'
        ? el
        : null;
    };
    const focus = () => {
      const el = active();
      return el && document.hasFocus() ? S.place(el) : null;
    };

    const take = () => {
      const { items, roots } = seen();
      const states = new Map();
      const layers = new Set();
      for (const root of roots) {
        for (const el of [...root.querySelectorAll(STATEFUL)].slice(0, 1500)) states.set(el, stateOf(el));
        for (const el of [...root.querySelectorAll(LAYERS)].slice(0, 200)) if (S.visible(el)) layers.add(el);
      }
      return { items, roots, states, layers, url: location.href };
    };

    // Same text elsewhere is not a change: frameworks draw their nodes anew.
    const minus = (a, b) => {
      const left = new Map();
      for (const text of b.values()) left.set(text, (left.get(text) || 0) + 1);
      const found = [];
      for (const [node, text] of a) {
        const n = left.get(text) || 0;
        if (n) left.set(text, n - 1);
        else found.push(node);
      }
      return found;
    };
    const holder = (node) =>
      node.nodeType === Node.TEXT_NODE
        ? node.parentElement || node.getRootNode().host || document.documentElement
        : node;
    const isRestless = (node, text) =>
      restless.has(holder(node)) || (/\p{L}{3}/u.test(text) && restlessTexts.has(shape(text)));

    // A box that is not drawn tells a person nothing; what is drawn by its state (`:checked + label`), or by a script at its label, does.
    const LOOKS = [
      'color',
      'backgroundColor',
      'backgroundImage',
      'backgroundPosition',
      'borderTopColor',
      'borderLeftWidth',
      'boxShadow',
      'outlineColor',
      'opacity',
      'transform',
      'translate',
      'left',
      'width',
      'content',
      'visibility',
      'display',
      'textDecorationLine',
      'fontWeight',
      'fill',
      'filter',
    ];
    const beside = (el) => {
      const labels = [...(el.labels || [])].filter((label) => S.visible(label)).slice(0, 3);
      const after = [];
      for (let next = el.nextElementSibling; next && after.length < 10; next = next.nextElementSibling)
        if (next.getClientRects().length) after.push(next);
      return [...labels, ...labels.flatMap((label) => [...label.querySelectorAll('*')].slice(0, 20)), ...after];
    };
    const look = (places) =>
      places
        .map((place) =>
          ['', '::before', '::after']
            .map((part) => {
              const s = getComputedStyle(place, part);
              return LOOKS.map((name) => s[name]).join();
            })
            .join(),
        )
        .join();
    const drawn = (el) => {
      if (
        !el.matches('input[type=checkbox],input[type=radio]') ||
        el === target ||
        el.checkVisibility({ visibilityProperty: true })
      )
        return true;
      const places = beside(el);
      if (changes.some((c) => c.type === 'attributes' && places.includes(c.target))) return true;
      if (el.type === 'radio' && !el.checked) return false; // the one that is chosen instead speaks for both
      const now = look(places),
        moving = document.getAnimations().length;
      el.checked = !el.checked;
      const other = look(places),
        started = document.getAnimations().length > moving;
      el.checked = !el.checked;
      return now !== other || started;
    };

    // What is operated may get a state that it had not, or lose it: the order of a column.
    const ofTarget = (old, now) =>
      target && target.isConnected && old.states.has(target) !== now.states.has(target)
        ? [{ el: target, before: old.states.get(target) ?? '', after: now.states.get(target) ?? '' }]
        : [];
    const compare = (old, now) => ({
      shown: minus(now.items, old.items).filter((n) => !isRestless(n, now.items.get(n))),
      hidden: minus(old.items, now.items).filter((n) => !isRestless(n, old.items.get(n))),
      layers: [...now.layers].filter((el) => !old.layers.has(el) && !restless.has(el)),
      states: [...now.states]
        .filter(([el, state]) => old.states.has(el) && old.states.get(el) !== state && !restless.has(el) && drawn(el))
        .map(([el, state]) => ({ el, before: old.states.get(el), after: state }))
        .concat(ofTarget(old, now)),
    });
    const changed = (d) => d.shown.length || d.hidden.length || d.layers.length || d.states.length;

    const stopWatching = () => {
      if (watch) watch.disconnect();
      removeEventListener('scroll', onScroll, true);
      watch = null;
    };
    const onScroll = () => {
      scrolled = true;
      last = performance.now();
    };

    return {
      begin({ target: selector }) {
        stopWatching();
        before = take();
        target = selector ? S.find(selector) : null;
        changes = [];
        scrolled = false;
        last = performance.now();
        watch = new MutationObserver((list) => {
          for (const c of list) {
            if (
              restless.has(c.target) ||
              (c.target.nodeType === Node.TEXT_NODE && c.target.parentElement && restless.has(c.target.parentElement))
            )
              continue;
            last = performance.now();
            if (changes.length < 500) changes.push(c);
          }
        });
        for (const root of before.roots)
          watch.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
        addEventListener('scroll', onScroll, true);
        return { focus: focus() };
      },
      // What changed without our doing is restless from now on.
      rest() {
        if (!before) return {};
        const now = take();
        const d = compare(before, now);
        const still = (n, text) => {
          const h = holder(n);
          if (h) restless.add(h);
          restlessTexts.add(shape(text));
        };
        for (const n of d.shown) still(n, now.items.get(n));
        for (const n of d.hidden) still(n, before.items.get(n));
        for (const el of d.layers) restless.add(el);
        for (const { el } of d.states) restless.add(el);
        for (const c of changes) if (c.type === 'attributes') restless.add(c.target);
        stopWatching();
        return {};
      },
      async finish({ wait, items }) {
        if (!before) return {};
        const began = performance.now();
        const pause = (ms) => new Promise((done) => setTimeout(done, ms));
        const moving = () =>
          document
            .getAnimations()
            .some((a) => a.playState === 'running' && a.effect && a.effect.getComputedTiming().endTime < 3000);
        let d = null,
          now = null,
          cost = 0;
        for (;;) {
          await pause(Math.max(40, cost * 2));
          const at = performance.now();
          const over = at - began >= wait;
          if (over || (at - last > 80 && !moving())) {
            now = take();
            d = compare(before, now);
            cost = performance.now() - at;
            if (over || changed(d) || now.url !== before.url) break;
          }
        }
        stopWatching();
        const marks = new Map();
        for (const c of changes) {
          if (
            c.type !== 'attributes' ||
            c.target === target ||
            c.target === document.activeElement ||
            marks.size >= items
          )
            continue;
          if (target && target.contains(c.target)) continue;
          if (!marks.has(c.target)) marks.set(c.target, c.attributeName);
        }
        // A label tells whose it is: one that comes with its field is no message about a field that was there.
        const labels = (el) => {
          const label = S.closest(el, (at) => at.localName === 'label');
          return label && label.control ? S.selector(label.control) : '';
        };
        const write = (node, map) => S.place(holder(node), { text: map.get(node), labels: labels(holder(node)) });
        const area = innerWidth * innerHeight || 1;
        return {
          focus: focus(),
          scrolled,
          url: now.url !== before.url ? now.url.slice(0, 500) : '',
          shown: d.shown.slice(0, items).map((n) => write(n, now.items)),
          shownCount: d.shown.length,
          hidden: d.hidden
            .slice(0, items)
            .map((n) =>
              n.isConnected ? write(n, before.items) : { selector: '', snippet: '', text: before.items.get(n) },
            ),
          hiddenCount: d.hidden.length,
          layers: d.layers.slice(0, 10).map((el) => {
            const r = el.getBoundingClientRect();
            return S.place(el, {
              role: S.role(el),
              name: S.name(el).slice(0, 100),
              modal: el.getAttribute('aria-modal') === 'true' || (el.localName === 'dialog' && el.matches(':modal')),
              share:
                Math.round(
                  (100 *
                    Math.max(0, Math.min(r.right, innerWidth) - Math.max(r.left, 0)) *
                    Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0))) /
                    area,
                ) / 100,
            });
          }),
          states: d.states
            .slice(0, items)
            .map(({ el, before: was, after }) => S.place(el, { before: was, after, target: el === target })),
          marks: [...marks].map(([el, attribute]) => S.place(el, { attribute })),
          seconds: (performance.now() - began) / 1000,
        };
      },
    };
  })());
  return E[arg.do](arg);
};
