// The in-page half of the Tab walk: remembers every element that got focus, says where focus is and how it can be seen.
(S, arg) => {
  const W = (globalThis.WALK ??= (() => {
    const els = [];
    const numbers = new WeakMap();
    let log = [];
    const number = (el) => {
      if (!numbers.has(el)) {
        numbers.set(el, els.length);
        els.push(el);
      }
      return numbers.get(el);
    };
    const deep = (event) => {
      const t = event.composedPath()[0];
      return t instanceof Element ? t : null;
    };
    addEventListener(
      'focus',
      (event) => {
        const el = deep(event);
        if (el && log.length < 100) log.push(number(el));
      },
      true,
    );
    let left = false;
    addEventListener('blur', (event) => {
      if (event.target === window) left = true;
    });
    // Smooth scrolling would make us read positions in between.
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('*, html { scroll-behavior: auto !important }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    } catch {
      /* not a document for styles */
    }

    const active = () => {
      let el = document.activeElement;
      while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
      return el && el !== document.body && el !== document.documentElement ? el : null;
    };
    const COMPOSITES =
      '[role=tablist],[role=menu],[role=menubar],[role=listbox],[role=radiogroup],[role=grid],[role=tree],[role=treegrid],[role=toolbar],[role=combobox],[role=slider],[role=application]';
    const NATIVE =
      'a[href],area[href],button,input,select,textarea,summary,iframe,frame,audio,video,object,embed,[contenteditable=""],[contenteditable=true],details';
    const DIALOGS = '[role=dialog],[role=alertdialog],[aria-modal=true],dialog[open]';
    const key = (el) => (el ? S.selector(el) : '');
    // Elements with one signature are drawn by the same rules: what is seen of one counts for its likes.
    const signature = (el) => {
      const s = getComputedStyle(el);
      const up = el.parentElement;
      return [
        el.localName,
        el.type || '',
        el.getAttribute('role') || '',
        [...el.classList].sort().join('.'),
        up ? up.localName + '.' + [...up.classList].sort().join('.') : '',
        s.display,
        s.outlineStyle,
        s.outlineColor,
        s.boxShadow,
        s.backgroundColor,
        s.color,
        s.borderTopColor,
        s.borderTopWidth,
        s.overflow,
        s.opacity,
        s.position,
        el.style.cssText.slice(0, 80),
        el.getBoundingClientRect().width < 3 ? 'thin' : '',
      ].join('|');
    };
    const describe = (el) => {
      const s = getComputedStyle(el);
      return S.place(el, {
        role: S.role(el),
        name: S.name(el).slice(0, 120),
        tag: el.localName,
        type: el.type ? String(el.type).slice(0, 20) : '',
        tabindex: el.tabIndex,
        authored: el.hasAttribute('tabindex') ? el.getAttribute('tabindex').slice(0, 10) : '',
        native: el.matches(NATIVE),
        composite: key(el.closest(COMPOSITES)),
        dialog: key(el.closest(DIALOGS)),
        form: key(el.form || el.closest('form')),
        list: key(el.closest('ul,ol,nav,table,fieldset')),
        editable: Boolean(
          el.isContentEditable ||
          (el.matches('input,textarea') &&
            !/^(button|submit|reset|checkbox|radio|range|color|file|image)$/.test(el.type)),
        ),
        // A route (`#/zaken`), a way to say "nowhere" (`#!`) and what opens a menu are no links to further down.
        hash:
          el.localName === 'a' &&
          el.getAttribute('href') &&
          el.hash &&
          !/^#[!/]/.test(el.hash) &&
          !el.matches('[role=button],[aria-expanded],[aria-haspopup]') &&
          el.href.split('#')[0] === location.href.split('#')[0]
            ? el.hash.slice(0, 100)
            : '',
        visible: S.visible(el),
        hidden: S.hiddenFromAT(el),
        scroller: !el.matches(NATIVE) && !el.hasAttribute('tabindex') && /auto|scroll/.test(s.overflowX + s.overflowY),
        signature: signature(el),
        sentinel: !S.name(el) && !el.childElementCount && !S.text(el, 10) && !el.matches(NATIVE),
      });
    };
    const topmost = (x, y) => {
      let el = document.elementFromPoint(x, y);
      while (el && el.shadowRoot) {
        const inner = el.shadowRoot.elementFromPoint(x, y);
        if (!inner || inner === el) break;
        el = inner;
      }
      return el;
    };
    const within = (inner, outer) => Boolean(S.closest(inner, (at) => at === outer));
    const kin = (a, b) => within(a, b) || within(b, a);
    // How much of the element is in the viewport, and what lies over it.
    const view = (el) => {
      const r = el.getBoundingClientRect();
      const x0 = Math.max(0, r.left),
        x1 = Math.min(innerWidth, r.right),
        y0 = Math.max(0, r.top),
        y1 = Math.min(innerHeight, r.bottom);
      const inside = x1 - x0 >= 1 && y1 - y0 >= 1;
      let covered = 0,
        points = 0,
        cover = null;
      if (inside)
        for (const [fx, fy] of [
          [0.5, 0.5],
          [0.1, 0.2],
          [0.9, 0.2],
          [0.1, 0.8],
          [0.9, 0.8],
        ]) {
          const hit = topmost(x0 + fx * (x1 - x0), y0 + fy * (y1 - y0));
          points += 1;
          if (hit && !kin(hit, el) && !(el.labels && [...el.labels].some((l) => kin(hit, l)))) {
            covered += 1;
            cover = cover || hit;
          }
        }
      let layer = cover && S.closest(cover, (at) => /fixed|sticky/.test(getComputedStyle(at).position));
      const lr = layer && layer.getBoundingClientRect();
      return {
        inside,
        clipped: S.visuallyHidden(el),
        covered: points > 0 && covered === points,
        scroll: [Math.round(scrollX), Math.round(scrollY)],
        rect: [r.x, r.y, r.width, r.height].map(Math.round),
        cover: cover
          ? {
              selector: S.selector(layer || cover),
              fixed: Boolean(layer),
              text: S.text(layer || cover, 80),
              share: lr ? Math.round((100 * lr.width * lr.height) / (innerWidth * innerHeight)) / 100 : 0,
              wide: Boolean(lr && lr.width >= 0.8 * innerWidth && lr.height <= 0.4 * innerHeight),
            }
          : null,
      };
    };
    // What has focus now, and what had it since the last reading. Descriptions are sent once per element.
    const told = new Set();
    return {
      read() {
        const el = active();
        const had = log;
        log = [];
        const out = left;
        left = false;
        const i = el ? number(el) : -1;
        const fresh = [...new Set([...had, ...(i >= 0 ? [i] : [])])].filter((n) => !told.has(n) && els[n].isConnected);
        for (const n of fresh) told.add(n);
        return {
          at: i,
          frame: Boolean(el && /^i?frame$/.test(el.localName)),
          hasFocus: document.hasFocus(),
          had,
          out,
          ...(el && { view: view(el) }),
          fresh: fresh.map((n) => [n, describe(els[n])]),
        };
      },
      // Back to the start of the document: the browser goes on from what last had focus, so that is made the root for a moment.
      start() {
        const el = active();
        const root = document.documentElement;
        if (els.length) {
          root.setAttribute('tabindex', '-1');
          root.focus({ preventScroll: true });
          root.blur();
          root.removeAttribute('tabindex');
        } else if (el) el.blur();
        if (getSelection()) getSelection().removeAllRanges();
        scrollTo(0, 0);
        log = [];
        return { autofocus: el ? S.selector(el) : '' };
      },
      focus({ path, prevent }) {
        const el = S.find(path);
        if (!el) return { ok: false };
        el.focus({ preventScroll: Boolean(prevent), focusVisible: true });
        return { ok: active() === el };
      },
      blur() {
        const el = active();
        if (el) el.blur();
        return {};
      },
      // Brings the element to the middle, without focus, and says where it is in the document.
      centre({ path }) {
        const now = active();
        if (now) now.blur();
        const el = S.find(path);
        if (!el) return { ok: false };
        el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const r = el.getBoundingClientRect();
        const inside =
          r.right > 0 && r.left < innerWidth && r.bottom > 0 && r.top < innerHeight && r.width >= 3 && r.height >= 3;
        return {
          ok: true,
          inside,
          clip: [r.x, r.y, r.width, r.height],
          scroll: [scrollX, scrollY],
          size: [innerWidth, innerHeight],
          big: r.width * r.height > 0.5 * innerWidth * innerHeight,
        };
      },
      look({ path }) {
        const el = S.find(path);
        return el ? { ok: true, focused: active() === el, view: view(el), pair: [document.hasFocus()] } : { ok: false };
      },
      free({ path }) {
        const el = S.find(path);
        return { ok: Boolean(el && S.focusable(el)) };
      },
      at() {
        const el = active();
        return {
          path: el ? S.selector(el) : '',
          hasFocus: document.hasFocus(),
          had: log.splice(0).map((n) => (els[n].isConnected ? S.selector(els[n]) : '')),
        };
      },
      // After Enter on a link to further down and one Tab: does the new stop lie in or behind the target?
      // Where no stop lies there, Tab has nowhere else to go but round.
      skipped({ hash, path, stops }) {
        let id = hash.slice(1);
        try {
          id = decodeURIComponent(id);
        } catch {
          /* as it is */
        }
        const target = document.getElementById(id) || document.getElementsByName(id)[0];
        if (!target) return { exists: false, works: false };
        const there = (at) => {
          const el = S.find(at);
          return Boolean(el) && (target === el || S.follows(target, el));
        };
        return { exists: true, works: !path || there(path) || !stops.some(there) };
      },
      text() {
        return { text: S.text(document.body, 20000) };
      },
    };
  })());
  return W[arg.do](arg);
};
