// Shared by all in-page probes; lives in the scanner's own isolated world, so a page that overwrites Array, JSON or
// querySelector cannot reach it. Everything here only reads the page.
globalThis.S = (() => {
  const MAX_SNIPPET = 300;

  // A field hides the member of its form that it is named after (<form><input name="children">), in our world too. What may be hidden
  // on this page, joined by commas, else ''. checks/clobbering.py then reads past the fields.
  const members = new Set(
    [HTMLFormElement, HTMLElement, Element, Node, EventTarget, Object]
      .flatMap((one) => Object.getOwnPropertyNames(one.prototype))
      .filter((one) => /^[a-z]/i.test(one) && one !== 'length'),
  );
  const fields = Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, 'elements').get;
  const hides = (el) => members.has(el.getAttribute('name')) || members.has(el.getAttribute('id'));
  const hiding = (root) =>
    [...root.querySelectorAll('form')].some((form) => [...fields.call(form)].some(hides)) ||
    [...root.querySelectorAll('form img')].some(hides) ||
    [...root.querySelectorAll('*')].slice(0, 20000).some((el) => el.shadowRoot && hiding(el.shadowRoot));
  const clobbered = () => (hiding(document) ? [...members].join() : '');

  // What was found out of an element while the page stands still (one call of `look`): asked once, by whichever probe comes first.
  // `afresh`: for work under another layout, which is taken off again afterwards.
  let memory = null;
  const afresh = (work) => {
    const before = memory;
    memory = new Map();
    try {
      return work();
    } finally {
      memory = before;
    }
  };
  const known = (of) => {
    if (!memory) return new Map();
    if (!memory.has(of)) memory.set(of, new Map());
    return memory.get(of);
  };
  const once = (find) => (el) => {
    if (!memory) return find(el);
    const found = known(find);
    if (!found.has(el)) found.set(el, find(el));
    return found.get(el);
  };
  // Whether the element or one around it passes the test; the answer is that of all elements on the way.
  const around = (test) => (el) => {
    const answers = known(test);
    const way = [];
    let at = el;
    while (at && !answers.has(at) && !test(at)) {
      way.push(at);
      at = parent(at);
    }
    const answer = at ? (answers.get(at) ?? true) : false;
    if (at) way.push(at);
    for (const one of way) answers.set(one, answer);
    return answer;
  };

  const shadowed = once(
    (root) => Boolean(root.shadowRoot) || [...root.querySelectorAll('*')].some((el) => el.shadowRoot),
  );
  // Every element below root, stepping into open shadow roots, also that of root itself, in tree order. At most `limit` elements.
  const all = (selector = '*', root = document, limit = 20000) => {
    if (!shadowed(root)) return [...root.querySelectorAll(selector)].slice(0, limit);
    const found = [];
    const walk = (node) => {
      for (const el of node.querySelectorAll('*')) {
        if (found.length >= limit) return;
        if (selector === '*' || el.matches(selector)) found.push(el);
        if (el.shadowRoot) walk(el.shadowRoot);
      }
    };
    if (root.shadowRoot) walk(root.shadowRoot);
    walk(root);
    return found;
  };

  // An id or class that a script makes up at each load, such as `chart-i5pqnxuz`, is another one in the next.
  const madeUp = (id) =>
    id.split(/[-_]+/).some((part) => part.length >= 6 && /\d{6}|[a-z]\d+[a-z]|\d[a-z]+\d/i.test(part));
  // Of ids of one make, such as `mantine-4bvlcbmsf` and `mantine-eoogsyalx`, one that is plainly made up tells of its likes.
  const makes = new Set();
  let makesKnown = false;
  const make = (parts, i) => `${parts.slice(0, i).join('-')} ${parts[i].length}`;
  const madeUpId = (id) => {
    if (!makesKnown) {
      makesKnown = true;
      for (const at of document.querySelectorAll('[id]')) madeUpId(at.id);
    }
    const parts = id.split(/[-_]+/);
    if (!madeUp(id)) return parts.some((part, i) => i > 0 && part.length >= 6 && makes.has(make(parts, i)));
    parts.forEach((part, i) => i > 0 && madeUp(part) && makes.add(make(parts, i)));
    return true;
  };
  const step = (el) => {
    const root = el.getRootNode();
    if (
      el.id &&
      /^[A-Za-z][\w-]*$/.test(el.id) &&
      !madeUpId(el.id) &&
      root.querySelectorAll('#' + CSS.escape(el.id)).length === 1
    ) {
      return { text: '#' + CSS.escape(el.id), final: true };
    }
    const tag = CSS.escape(el.localName);
    if (!el.parentElement) return { text: tag, final: true };
    const same = [...el.parentElement.children].filter((other) => other.localName === el.localName);
    return { text: same.length > 1 ? `${tag}:nth-of-type(${same.indexOf(el) + 1})` : tag, final: false };
  };

  // A CSS path that finds this element again; ` >>> ` steps into a shadow root.
  const selector = (el) => {
    const parts = [];
    let node = el;
    for (;;) {
      const path = [];
      for (let at = node; at; at = at.parentElement) {
        const { text, final } = step(at);
        path.unshift(text);
        if (final) break;
      }
      parts.unshift(path.join(' > '));
      const root = node.getRootNode();
      if (!(root instanceof ShadowRoot)) break;
      node = root.host;
    }
    return parts.join(' >>> ');
  };

  // Elements for a selector written by `selector`.
  const find = (path) => {
    let root = document;
    let el = null;
    for (const part of path.split(' >>> ')) {
      el = root && root.querySelector(part);
      root = el && el.shadowRoot;
    }
    return el;
  };

  // Start of the element's markup. Built from the tag alone, so that a megabyte of content costs nothing.
  const snippet = (el) => {
    let open = '<' + el.localName;
    for (const { name, value } of el.attributes) {
      if (name === 'data-expect') continue;
      if (el.localName === 'input' && name === 'value' && el.type === 'password') continue;
      open += ` ${name}="${value.slice(0, 80)}"`;
      if (open.length > MAX_SNIPPET) break;
    }
    return (open + '>' + (el.childElementCount ? '' : (el.textContent || '').trim().slice(0, 80))).slice(
      0,
      MAX_SNIPPET,
    );
  };

  const box = (el) => {
    const r = el.getBoundingClientRect();
    return [r.x + scrollX, r.y + scrollY, r.width, r.height].map((n) => Math.round(n * 10) / 10);
  };

  const LANDMARKS = {
    MAIN: 'main',
    NAV: 'navigation',
    HEADER: 'banner',
    FOOTER: 'contentinfo',
    ASIDE: 'complementary',
    SEARCH: 'search',
  };
  const LANDMARK_ROLES = new Set([...Object.values(LANDMARKS), 'form']);
  // The landmark that holds el; a header or footer of an article or section is none.
  const region = (el) => {
    for (let at = el; at; at = parent(at)) {
      const given = at.getAttribute('role');
      if (LANDMARK_ROLES.has(given)) return given;
      if (given || !LANDMARKS[at.tagName]) continue;
      if (
        (at.tagName === 'HEADER' || at.tagName === 'FOOTER') &&
        at.parentElement?.closest('article,section,main,aside,nav')
      )
        continue;
      return LANDMARKS[at.tagName];
    }
    return '';
  };
  // Class names that a build tool or CMS generates (digits, hashes) say nothing about what an element is.
  const steadyClasses = (el) =>
    [...el.classList]
      .filter(
        (c) =>
          c.length < 40 &&
          !/\d{2,}|[a-f0-9]{6,}|[-_][A-Za-z0-9]*\d[A-Za-z0-9]*$|__[A-Za-z0-9_-]{5}$|^css-|^sc-/.test(c) &&
          !madeUp(c),
      )
      .sort()
      .slice(0, 3);
  // What el is part of: itself and up to three ancestors by tag, role and steady classes, outermost first.
  const component = (el) => {
    const parts = [];
    for (let at = el; at && at.tagName !== 'BODY' && parts.length < 4; at = parent(at)) {
      const given = at.getAttribute('role');
      parts.unshift(
        at.localName +
          (given ? `[${given}]` : '') +
          steadyClasses(at)
            .map((c) => '.' + c)
            .join(''),
      );
    }
    return parts.join('>').slice(0, 300);
  };

  // The element as every probe writes it: scanner.model.Place.of reads this.
  const place = (el, more = {}) => ({
    selector: selector(el),
    snippet: snippet(el),
    box: box(el),
    region: region(el),
    component: component(el),
    ...(window !== top && { frame: location.href.slice(0, 500) }),
    ...more,
  });

  const parent = (el) =>
    el.assignedSlot || el.parentElement || (el.getRootNode() instanceof ShadowRoot ? el.getRootNode().host : null);
  const closest = (el, test) => {
    for (let at = el; at; at = parent(at)) if (test(at)) return at;
    return null;
  };
  // Does b come after a (or stand in it) in the order in which the page is read? Shadow roots stand where their hosts do: across them the
  // browser's own comparison says anything.
  const follows = (a, b) => {
    for (let x = a; x; x = x.getRootNode().host) {
      for (let y = b; y; y = y.getRootNode().host)
        if (x.getRootNode() === y.getRootNode())
          return x === y
            ? a !== b && y !== b
            : Boolean(x.compareDocumentPosition(y) & Node.DOCUMENT_POSITION_FOLLOWING);
    }
    return false;
  };
  const styleOf = once((el) => getComputedStyle(el));
  const style = (el, pseudo) => (pseudo ? getComputedStyle(el, pseudo) : styleOf(el));

  // `checkVisibility`, also for what has no box of its own (`display: contents`, as the slots of web components): Chromium calls that
  // invisible; what is in it is as visible as what is around it.
  const rendered = (el, asked = { visibilityProperty: true }) => {
    let at = el;
    while (at && style(at).display === 'contents') at = parent(at);
    return (
      Boolean(at) &&
      at.checkVisibility(asked) &&
      (at === el || !asked.visibilityProperty || style(el).visibility === 'visible')
    );
  };
  // Can a person see it? Size, visibility, opacity and clipping count; being off screen by scrolling does not. `boxed` leaves clipping out.
  const boxed = once((el) => {
    if (!rendered(el, { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const r = el.getBoundingClientRect();
    if (r.width < 1 || r.height < 1)
      return (
        style(el).display === 'contents' ||
        (r.width + r.height > 0 && style(el).overflow === 'visible' && el.childElementCount > 0)
      );
    return r.right + scrollX > 0 && r.bottom + scrollY > 0;
  });
  const visible = (el) => boxed(el) && !visuallyHidden(el);
  // The common ways to hide from sight alone, by el itself: 1 px box or everything clipped away.
  const clipped = once((at) => {
    const s = style(at);
    if (s.position !== 'absolute' && s.position !== 'fixed' && s.overflow === 'visible') return false;
    if (
      (s.clip !== 'auto' && /rect\((0|1)px,? (0|1)px,? (0|1)px,? (0|1)px\)/.test(s.clip)) ||
      /inset\((50|100)%/.test(s.clipPath)
    )
      return true;
    const r = at.getBoundingClientRect();
    return r.width <= 2 && r.height <= 2 && s.overflow !== 'visible';
  });
  const visuallyHidden = around(clipped);

  // A modal dialog, or what fills the screen, makes all else inert: Chromium then gives it neither role nor name, which says nothing about it.
  const modal = once((page) => all('dialog:modal', page).at(-1) || page.fullscreenElement);
  const beyondModal = (el) => {
    const last = modal(document);
    return Boolean(last) && !closest(el, (at) => at === last);
  };
  const silenced = around((at) => at.getAttribute('aria-hidden') === 'true' || at.inert);
  const hiddenFromAT = (el) => silenced(el) || beyondModal(el);
  const disabled = (el) =>
    el.matches(':disabled') ||
    Boolean(closest(el, (at) => at.getAttribute('aria-disabled') === 'true' || at.matches('button:disabled')));

  // The address of a link, also of one in SVG, whose `href` is no string and has no `hash`; '' when it has none.
  const url = (link) =>
    typeof link.href === 'string' ? link.href : URL.parse(link.href?.baseVal || '', document.baseURI)?.href || '';

  // Role and name as Chromium's own accessibility tree has them (browser switch ComputedAccessibilityInfo), else axe's computation.
  const role = (el) => el.computedRole ?? (globalThis.axe ? axe.commons.aria.getRole(el) || '' : '');
  const name = (el) => (el.computedName ?? (globalThis.axe ? axe.commons.text.accessibleText(el) : '')).trim();

  // The level of a heading: as it says, else that of its tag, else 2 (what WAI-ARIA gives a heading without one).
  const level = (el) => Number(el.getAttribute('aria-level') || (/^h([1-6])$/.exec(el.localName) || [])[1]) || 2;

  // Text that a person sees inside el, white space folded; at most `limit` characters.
  const text = (el, limit = 2000) => {
    let out = '';
    const walk = (node) => {
      if (out.length > limit) return;
      if (node.nodeType === Node.TEXT_NODE) {
        out += node.data;
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'].includes(node.tagName))
        return;
      if (!rendered(node)) return;
      const blocky = !style(node).display.startsWith('inline');
      if (blocky) out += ' ';
      const root = node.shadowRoot;
      for (const child of node.tagName === 'SLOT' ? node.assignedNodes({ flatten: true }) : (root || node).childNodes)
        walk(child);
      if (blocky || node.tagName === 'BR') out += ' ';
    };
    if (el) walk(el);
    return out.replace(/\s+/g, ' ').trim().slice(0, limit);
  };

  // Text as sighted people read it: like `text`, without what is hidden from sight alone (screen-reader text, text in 0 px) and
  // without icons set as letters (icon fonts); aria-hidden text counts. `joint` stands at the edge of an inline-block, where
  // only a person sees whether there is a space. At most `limit` characters.
  const ICON_FONT = /icon|awesome|glyph|symbol|dingbat/i;
  const seen = (el, limit = 300, joint = ' ') => {
    let out = '';
    const shown = new Map();
    const readable = (host) => {
      if (!shown.has(host)) {
        const s = style(host);
        shown.set(
          host,
          parseFloat(s.fontSize) > 1 &&
            parseFloat(s.textIndent) > -300 &&
            !ICON_FONT.test(s.fontFamily.split(',')[0]) &&
            visible(host),
        );
      }
      return shown.get(host);
    };
    const walk = (node) => {
      if (out.length > limit) return;
      if (node.nodeType === Node.TEXT_NODE) {
        if (!/\S/.test(node.data)) out += ' ';
        else if (node.parentElement && readable(node.parentElement)) out += node.data;
        return;
      }
      if (
        node.nodeType !== Node.ELEMENT_NODE ||
        ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'SELECT', 'TEXTAREA'].includes(node.tagName)
      )
        return;
      if (!rendered(node)) return;
      const display = style(node).display;
      const edge =
        node === el || display === 'inline' || display === 'contents' ? '' : display.startsWith('inline') ? joint : ' ';
      out += edge;
      for (const child of node.tagName === 'SLOT'
        ? node.assignedNodes({ flatten: true })
        : (node.shadowRoot || node).childNodes)
        walk(child);
      out += node.tagName === 'BR' ? ' ' : edge;
    };
    if (el) walk(el);
    return out
      .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, limit);
  };

  // Visible text nodes below root with their parent element; at most `limit`.
  const textNodes = (root = document.body, limit = 5000) =>
    (root && root === document.body && memory ? textsOf(root) : textsBelow(root, limit)).slice(0, limit);
  const textsOf = once((root) => textsBelow(root, 5000));
  const textsBelow = (root, limit) => {
    // Each element is asked once, on the way down, whether it hides what is in it: `visible` would ask all ancestors for each text.
    const found = [];
    const walk = (node) => {
      if (found.length >= limit) return;
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.data.trim() && node.parentElement && boxed(node.parentElement)) found.push(node);
        return;
      }
      if (node.nodeType === Node.ELEMENT_NODE) {
        if (
          ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'OPTION'].includes(node.tagName) ||
          style(node).display === 'none'
        )
          return;
        if (clipped(node) || (node.assignedSlot && visuallyHidden(node.assignedSlot))) return;
      }
      if (node.shadowRoot) walk(node.shadowRoot);
      for (const child of node.childNodes) walk(child);
    };
    if (root && !(root.parentElement && visuallyHidden(root.parentElement))) walk(root);
    return found;
  };

  const focusable = (el) => {
    if (S.disabled(el) && el.matches(':disabled')) return false;
    if (!el.checkVisibility({ visibilityProperty: true }) || closest(el, (at) => at.inert) || beyondModal(el))
      return false;
    if (el.hasAttribute('tabindex') || (el.isContentEditable && el.hasAttribute('contenteditable'))) return true;
    // Browsers give links without an address tabIndex 0, and pass them by.
    return (
      el.tabIndex >= 0 &&
      !(/^(a|area)$/.test(el.localName) && !el.hasAttribute('href') && !el.hasAttribute('xlink:href'))
    );
  };

  // What becomes of text that sticks out of el: a linked list of boxes, nearest first, along containing blocks.
  // x and y are 'cut' (overflow hidden or clip), 'scroll' or ''. The viewport itself is not in the list.
  const clippers = (el, memo = known(clippers)) => {
    if (!el || el === document.documentElement) return null;
    if (memo.has(el)) return memo.get(el);
    const s = style(el);
    const holds = (at, fixed) => {
      const t = style(at);
      return (
        t.transform !== 'none' ||
        t.filter !== 'none' ||
        t.perspective !== 'none' ||
        t.contain.includes('paint') ||
        t.contain.includes('layout') ||
        t.containerType !== 'normal' ||
        (!fixed && t.position !== 'static')
      );
    };
    let up = parent(el);
    if (s.position === 'absolute' || s.position === 'fixed')
      while (up && up !== document.documentElement && !holds(up, s.position === 'fixed')) up = parent(up);
    const next = clippers(up, memo);
    const toViewport = el === document.body && style(document.documentElement).overflow === 'visible';
    const kind = (overflow) =>
      toViewport || s.display === 'inline' || s.display === 'contents' || overflow === 'visible'
        ? ''
        : overflow === 'hidden' || overflow === 'clip'
          ? 'cut'
          : 'scroll';
    const x = kind(s.overflowX) || (s.contain.includes('paint') ? 'cut' : '');
    const y = kind(s.overflowY) || (s.contain.includes('paint') ? 'cut' : '');
    let link = next;
    if (x || y) {
      const r = el.getBoundingClientRect();
      const px = (value) => parseFloat(value) || 0;
      link = {
        el,
        x,
        y,
        next,
        left: r.left + px(s.borderLeftWidth),
        right: r.right - px(s.borderRightWidth),
        top: r.top + px(s.borderTopWidth),
        bottom: r.bottom - px(s.borderBottomWidth),
      };
    }
    memo.set(el, link);
    return link;
  };

  // The lines of a text node: each rect, what of it can be seen without scrolling inner boxes (`seen`, null when nothing), how many
  // px boxes cut off for good (`lostX`, `lostY`, by `by`), and whether an inner box must be scrolled sideways for it (`scroller`).
  const lines = once((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()]
      .filter((r) => r.width > 0.5 && r.height > 0.5)
      .map((r) => {
        const line = {
          left: r.left,
          right: r.right,
          top: r.top,
          bottom: r.bottom,
          width: r.width,
          height: r.height,
          lostX: 0,
          lostY: 0,
          by: null,
          scroller: null,
        };
        let { left, right, top, bottom } = r;
        for (let at = clippers(node.parentElement); at; at = at.next) {
          if (at.x) {
            const over = Math.max(0, right - at.right) + Math.max(0, at.left - left);
            if (over > 0.5 && at.x === 'cut' && !line.scroller) {
              line.lostX += Math.min(over, right - left);
              line.by = line.by || at.el;
            }
            if (over > 0.5 && at.x === 'scroll') line.scroller = line.scroller || at.el;
            left = Math.max(left, at.left);
            right = Math.min(right, at.right);
          }
          if (at.y) {
            const over = Math.max(0, bottom - at.bottom) + Math.max(0, at.top - top);
            if (over > 0.5 && at.y === 'cut' && !line.rolled) {
              line.lostY += Math.min(over, bottom - top);
              line.by = line.by || at.el;
            }
            if (over > 0.5 && at.y === 'scroll') line.rolled = true;
            top = Math.max(top, at.top);
            bottom = Math.min(bottom, at.bottom);
          }
          if (right - left < 1 || bottom - top < 1) {
            line.seen = null;
            return line;
          }
        }
        line.seen = { left, right, top, bottom };
        return line;
      });
  });

  // Letters without colour, such as those of a link that shows a logo instead, are seen by nobody.
  const inked = (el) =>
    rgba(style(el).webkitTextFillColor)[3] > 0.05 ||
    Boolean(closest(el, (at) => style(at).backgroundClip.includes('text')));
  // A teaser: in a link that holds more than its own short label, or in a card with a link; the whole text is a click away.
  const card = (el) => {
    const link = el.closest('a[href]');
    const box = el.closest('article,li,[class*=card],[class*=teaser],[class*=tegel]');
    return link
      ? link.textContent.trim().length > 80
      : Boolean(box && el.textContent.trim().length > 60 && box.querySelector('a[href]'));
  };
  // What a person loses of a text that boxes cut off: null, or the worst line: axis, px lost, characters, the box that cuts, whether the
  // line is wholly gone, and every reason why that may be meant so (dots, clamp, moving strip, expander, a link to the whole text).
  const loss = (node, of) => {
    const el = node.parentElement;
    if (!inked(el)) return null;
    const perPx =
      node.data.trim().length /
      Math.max(
        1,
        of.reduce((sum, l) => sum + l.width, 0),
      );
    const some = of.some((l) => l.seen);
    let worst = null;
    for (const l of of) {
      if (!l.by) continue;
      const left = l.seen ? l.seen.bottom - l.seen.top : 0;
      const whole = !l.seen || (l.lostY > 2 && left < 0.25 * l.height);
      if (whole && !some) continue;
      const cutY = l.lostY > 2 && l.lostY >= 0.3 * l.height;
      if (!whole && !(l.lostX > 8) && !cutY) continue;
      const px = cutY ? l.lostY : l.lostX;
      if (!worst || (worst.whole && !whole) || (worst.whole === whole && px > worst.px))
        worst = { axis: cutY ? 'y' : 'x', px, chars: (cutY ? l.width : l.lostX) * perPx, whole, by: l.by };
    }
    if (!worst) return null;
    const clip = style(worst.by);
    const near = worst.by.parentElement || worst.by;
    const around = near.parentElement || near;
    const opens =
      closest(worst.by, (at) => at.localName === 'details' || at.getAttribute('aria-expanded') === 'false') ||
      (worst.by.id && document.querySelector(`[aria-controls~="${CSS.escape(worst.by.id)}"]`)) ||
      [...around.querySelectorAll('button,[role=button],a,summary,label')]
        .slice(0, 60)
        .find(
          (b) =>
            b.hasAttribute('aria-expanded') ||
            (b.textContent.length < 60 &&
              /meer|more|toon|uitklap|lees verder|expand|volledig|full|gehele|hele tekst/i.test(
                b.textContent + (b.getAttribute('aria-label') || ''),
              )),
        );
    return {
      axis: worst.axis,
      lost: Math.round(worst.px),
      chars: Math.round(worst.chars),
      whole: worst.whole,
      by: selector(worst.by),
      ellipsis: clip.textOverflow.includes('ellipsis') || style(el).textOverflow.includes('ellipsis'),
      clamp: clip.webkitLineClamp !== 'none',
      strip: Boolean(strip(el)),
      expander: Boolean(opens),
      linked: card(el),
    };
  };

  // Pairs of texts (numbers in `measured`, each the lines of one text) whose letters cover each other by more than a quarter of the smaller.
  const collisions = (measured, limit = 2000) => {
    // A line's box is taller than its letters: take the middle.
    const middle = (seen) => {
      const h = seen.bottom - seen.top;
      return { left: seen.left, right: seen.right, top: seen.top + 0.2 * h, bottom: seen.bottom - 0.2 * h };
    };
    const rects = measured
      .flatMap((of, i) =>
        of.filter((l) => l.seen && l.seen.right - l.seen.left > 3).map((l) => ({ i, ...middle(l.seen) })),
      )
      .sort((a, b) => a.top - b.top);
    const pairs = new Map();
    let active = [];
    for (const r of rects) {
      active = active.filter((a) => a.bottom > r.top);
      for (const a of active) {
        if (a.i === r.i) continue;
        const w = Math.min(a.right, r.right) - Math.max(a.left, r.left);
        const h = Math.min(a.bottom, r.bottom) - Math.max(a.top, r.top);
        if (
          w > 2 &&
          h > 2 &&
          w * h > 0.25 * Math.min((a.right - a.left) * (a.bottom - a.top), (r.right - r.left) * (r.bottom - r.top)) &&
          pairs.size < limit
        )
          pairs.set(`${Math.min(a.i, r.i)} ${Math.max(a.i, r.i)}`, [Math.min(a.i, r.i), Math.max(a.i, r.i)]);
      }
      if (active.length < 200) active.push(r);
    }
    return pairs;
  };
  // Two texts that may be told to run over each other: of different blocks, in the flow, meant to be read.
  const apart = (x, y) => {
    const block = (el) => closest(el, (at) => !/^(inline|contents)$/.test(style(at).display)) || el;
    const still = (el) =>
      !closest(el, (at) => ['fixed', 'sticky'].includes(style(at).position)) &&
      !strip(el) &&
      !hiddenFromAT(el) &&
      !el.closest('svg') &&
      visible(el) &&
      inked(el);
    return block(x) !== block(y) && still(x) && still(y);
  };

  // Any CSS colour as [r, g, b, a], 0..255 and 0..1, in sRGB, as the browser itself converts it; contrast ratio of two such (alpha ignored).
  const rgba = (() => {
    const cache = new Map();
    let ink = null;
    return (color) => {
      if (!cache.has(color)) {
        const plain = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(color);
        if (plain) cache.set(color, [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]]);
        else {
          ink = ink || new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          ink.clearRect(0, 0, 1, 1);
          ink.fillStyle = '#000';
          ink.fillStyle = color;
          ink.fillRect(0, 0, 1, 1);
          const [r, g, b, a] = ink.getImageData(0, 0, 1, 1).data;
          cache.set(color, [r, g, b, a / 255]);
        }
      }
      return cache.get(color);
    };
  })();
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };

  // A number, an amount, a date, a time or a mark in its place, as cells of a table hold.
  const NUMERIC =
    /^[\s€$£%±+\-–.,:/()\d]*\d[\s€$£%±+\-–.,:/()\d]*(?:%|uur|km|m2|m²|kg|jaar|euro|u|jan|feb|mrt|maart|apr|april|mei|jun|juni|jul|juli|aug|sep|sept|okt|nov|dec|\s)*$|^\d{1,2} [a-z]{3,9} \d{4}$|^[-–x✓✔✗]$/i;
  const numeric = (text) => NUMERIC.test(text);

  // What `content` writes, without its alternative and with a figure for each counter.
  const writes = (content) =>
    [...content.matchAll(/"((?:[^"\\]|\\.)*)"|counters?\([^)]*\)|( \/ )/g)]
      .reduce(
        ([text, over], [, string, bar]) => (over || bar ? [text, true] : [text + (string ?? '1'), false]),
        ['', false],
      )[0]
      .slice(0, 80);
  // Something that a style sheet puts at a place of its own is seen also where its element is empty.
  const placedApart = (el, s) =>
    ['absolute', 'fixed'].includes(s.position) &&
    parseFloat(s.width) > 2 &&
    parseFloat(s.height) > 2 &&
    Number(s.opacity) > 0 &&
    el.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  // What style sheets put before or after what is in an element.
  const generated = once((root) =>
    all('*', root, 6000).flatMap((el) =>
      ['::before', '::after']
        .map((which) => ({ el, which, type: style(el, which) }))
        .filter(({ type }) => !['none', 'normal', '""', ''].includes(type.content)),
    ),
  );
  // Words that style sheets write there.
  const written = once((root) =>
    generated(root)
      .filter(
        ({ el, type }) =>
          type.content.startsWith('"') &&
          /\p{L}{3}/u.test(writes(type.content)) &&
          !/icon|awesome|glyph|symbol/i.test(type.fontFamily) &&
          type.display !== 'none' &&
          type.visibility === 'visible' &&
          (visible(el) || placedApart(el, type)),
      )
      .slice(0, 200)
      .map((one) => ({ ...one, text: writes(one.type.content) })),
  );
  // Text that stands for a picture: private-use characters or a font of icons, whose ligatures must not be judged as text.
  const iconText = (el, data) =>
    !/[\p{L}\p{N}]/u.test(data) ||
    /[\uE000-\uF8FF]/.test(data) ||
    /icon|awesome|glyph|symbol/i.test(style(el).fontFamily.split(',')[0]);
  // Scrolls an element to the middle of the view as a person can: a box that hides what sticks out of it has no scroll bar, and stays as it is.
  const reveal = (el) => {
    const fixed = [];
    for (let at = parent(el); at && at !== document.body && at !== document.documentElement; at = parent(at)) {
      const s = style(at);
      if ([s.overflowX, s.overflowY].some((o) => o === 'hidden' || o === 'clip'))
        fixed.push([
          at,
          s.overflowX === 'hidden' ? at.scrollLeft : null,
          s.overflowY === 'hidden' ? at.scrollTop : null,
        ]);
    }
    el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    let moved = false;
    for (const [at, left, top] of fixed) {
      if (left !== null && at.scrollLeft !== left) {
        at.scrollTo({ left, behavior: 'instant' });
        moved = true;
      }
      if (top !== null && at.scrollTop !== top) {
        at.scrollTo({ top, behavior: 'instant' });
        moved = true;
      }
    }
    const r = el.getBoundingClientRect();
    if (moved && (r.top < 0 || r.bottom > innerHeight))
      scrollBy({ top: r.top + r.height / 2 - innerHeight / 2, behavior: 'instant' });
  };
  // Maps, known by the class or element that the libraries put around them (Leaflet, OpenLayers, Mapbox and MapLibre, ArcGIS, Google, Bing,
  // Azure, Cesium), or by tiles: pictures of one size laid side by side whose addresses end in numbers. The outermost element of each.
  const MAPS =
    '.leaflet-container,.ol-viewport,.maplibregl-map,.mapboxgl-map,.esri-view,.esriMapContainer,arcgis-map,arcgis-scene,.gm-style,.MicrosoftMap,.azure-map,.cesium-widget,[class*=openlayers],[data-kaart]';
  const TILE = /\/\d+\/\d+\/\d+(@\dx)?(\.\w+)?([?#]|$)|[?&](layer|service|request)=(wmts|wms|gettile|getmap)/i;
  const inMap = (el) =>
    closest(
      el,
      (at) =>
        at.matches(MAPS) ||
        (at.localName === 'img' && TILE.test(at.currentSrc || at.src || '') && style(at).position === 'absolute'),
    );
  // Moving strips show one part at a time on purpose.
  const strip = (el) =>
    closest(
      el,
      (at) =>
        /carousel|slide/i.test(at.getAttribute('aria-roledescription') || '') ||
        at.localName === 'marquee' ||
        /carousel|slider|swiper|slick|splide|glide__|owl-|marquee|ticker|flickity/i.test(
          at.getAttribute('class') || '',
        ),
    );

  return {
    clobbered,
    afresh,
    all,
    region,
    component,
    steadyClasses,
    selector,
    find,
    snippet,
    box,
    place,
    parent,
    closest,
    follows,
    style,
    rendered,
    visible,
    visuallyHidden,
    hiddenFromAT,
    disabled,
    url,
    role,
    name,
    level,
    text,
    seen,
    textNodes,
    focusable,
    clippers,
    lines,
    loss,
    collisions,
    apart,
    rgba,
    contrast,
    generated,
    numeric,
    written,
    iconText,
    strip,
    reveal,
    MAPS,
    TILE,
    inMap,
  };
})();

// Runs the named in-page probes; one broken probe costs only itself. Returns one JSON string: it crosses the wire twice as fast as objects.
globalThis.look = (names, argument) =>
  S.afresh(() => {
    const seen = {};
    for (const name of names) {
      const began = performance.now();
      try {
        const data = PROBES[name](S, argument || {});
        seen[name] = { data, seconds: (performance.now() - began) / 1000 };
      } catch (error) {
        seen[name] = {
          prevented: 'probe broke: ' + String((error && error.stack) || error).slice(0, 300),
          seconds: (performance.now() - began) / 1000,
        };
      }
    }
    return JSON.stringify(seen);
  });
globalThis.PROBES = globalThis.PROBES || {};

// Once `leaving` is set the page does not hear of its end: first at the door, because our world starts before the page's scripts.
for (const kind of ['beforeunload', 'pagehide', 'unload', 'visibilitychange', 'freeze', 'blur']) {
  addEventListener(
    kind,
    (event) => {
      if (globalThis.leaving) event.stopImmediatePropagation();
    },
    true,
  );
}
// Timers are numbered over all worlds of a document: the page's own are ended too, so that it does nothing more while the next one comes.
globalThis.hush = () => {
  globalThis.leaving = true;
  globalThis.name = '';
  try {
    sessionStorage.clear();
  } catch {
    /* a sandboxed document has none */
  }
  const last = setTimeout(() => 0, 1);
  for (let id = last; id > Math.max(0, last - 100000); id -= 1) clearTimeout(id);
};
