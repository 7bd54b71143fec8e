// What changes on a page while a virtual clock runs. `arg.do`: `begin`, then `step` after each step, `end` at last. Only reads.
(S, arg) => {
  const C = (globalThis.PASSING ??= (() => {
    const SESSION =
      /sessie|verloopt|verlopen|uitgelogd|inactie[fv]|inactiviteit|automatisch (uit|af)|nog aanwezig|bent u er nog|session|expire|time-?d? ?out|logged out|still there|inactiv/i;
    const changed = new Map();
    let dirty = new Set();
    let known = new Map();
    let words = null;
    let bag = new Map();
    let layers = new Set();
    let went = [];
    let start = { words: 0, disabled: 0, fields: 0, url: '' };
    const wordsNow = () =>
      new Set(
        S.text(document.body, 20000)
          .split(/(?<=[.!?])\s+|\s{2,}|\n/)
          .map((t) => t.trim())
          .filter(Boolean),
      );
    // How often each word is on the page: a headline that types itself takes few away, another page most.
    const bagNow = () => {
      const found = new Map();
      for (const word of S.text(document.body, 20000).split(' ')) found.set(word, (found.get(word) || 0) + 1);
      return found;
    };
    const openLayers = () =>
      new Set(
        S.all('dialog[open],[role=dialog],[role=alertdialog],[role=alert],[aria-modal=true],[popover]').filter(
          S.visible,
        ),
      );
    const disabledNow = () =>
      document.querySelectorAll('input:disabled,button:disabled,select:disabled,textarea:disabled').length;
    // Fields of forms that can be filled in; what is looked for elsewhere on the page is not what a visitor came to fill in.
    const FIELDS =
      'form input:not([type=hidden]):not([type=search]):not([type=submit]):not([type=button]),form textarea,form select';
    const fieldsNow = () =>
      S.all(FIELDS).filter((el) => S.visible(el) && !S.disabled(el) && !el.closest('[role=search],header,footer'))
        .length;
    // What a person sees of an element: where it stands, what it says or shows, whether it is there.
    const sign = (el) => {
      if (!el.isConnected) return 'gone';
      if (!S.visible(el)) return 'hidden';
      const s = getComputedStyle(el);
      const r = el.getBoundingClientRect();
      const own = [...el.childNodes]
        .filter((n) => n.nodeType === Node.TEXT_NODE)
        .map((n) => n.data.trim())
        .join(' ')
        .slice(0, 200);
      return JSON.stringify([
        Math.round(r.x + scrollX),
        Math.round(r.y + scrollY),
        Math.round(r.width),
        Math.round(r.height),
        s.opacity,
        s.backgroundImage.slice(0, 200),
        s.backgroundPosition,
        s.transform,
        el.currentSrc || '',
        own,
        el.childElementCount,
        s.backgroundColor,
        s.color,
      ]);
    };
    const taken = new Map(); // what a script took out, and of what
    // How often an element goes from light to dark and back, each time a script touches it.
    const flicks = new Map();
    const light = (el) => {
      const s = getComputedStyle(el);
      const [r, g, b, a] = S.rgba(s.backgroundColor);
      const away = s.visibility === 'hidden' || s.display === 'none';
      const picture = s.backgroundImage !== 'none' || el.matches('img,svg,video');
      const dark = picture ? 0.7 : a * (1 - (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255);
      return away ? 1 : 1 - s.opacity * dark;
    };
    const flick = (el) => {
      const f = flicks.get(el) || { at: light(el), way: 0, turns: 0, seen: 0 };
      flicks.set(el, f);
      if (f.seen++ > 3000) return;
      const now = light(el);
      if (Math.abs(now - f.at) < 0.1) return;
      const way = Math.sign(now - f.at);
      if (way !== f.way) f.turns += 1;
      f.way = way;
      f.at = now;
    };
    const heed = (list) => {
      for (const c of list) {
        const el = c.target.nodeType === Node.ELEMENT_NODE ? c.target : c.target.parentElement;
        if (el && dirty.size < 300) dirty.add(el);
        if (el && c.type === 'attributes' && (flicks.has(el) || flicks.size < 20)) flick(el);
        for (const node of c.removedNodes)
          if (node.nodeType === Node.ELEMENT_NODE && taken.size < 100) taken.set(node, el);
      }
    };
    const watch = new MutationObserver(heed);
    // A text of some words that was to be seen and is not any more.
    const goes = (el, from, time) => {
      const text = (el.textContent || '').replace(/\s+/g, ' ').trim();
      if (text.split(' ').length >= 4 && text.length < 1000 && went.length < 50) went.push({ el, from, text, time });
    };
    // Pictures of which the file becomes another and the alternative stays (F20). What stood in for a picture that loads late is none.
    const swaps = new Map();
    const swapped = (el, from, to) => {
      const file = (url) => url.split(/[?#]/)[0];
      if (!/^http/.test(from) || !/^http/.test(to) || file(from) === file(to)) return;
      const was = swaps.get(el) || { alt: el.alt, times: 0 };
      swaps.set(el, { alt: el.alt === was.alt ? was.alt : '', times: was.times + 1 });
    };
    const note = (el, time) => {
      const now = sign(el);
      const before = known.get(el);
      known.set(el, now);
      if (before === undefined || before === now) return;
      if (before[0] === '[' && now === 'hidden') goes(el, el.parentElement, time);
      const entry = changed.get(el) || { times: [], texts: [], kinds: new Set() };
      if (entry.times.length < 40) entry.times.push(time);
      const parse = (t) => (t[0] === '[' ? JSON.parse(t) : null);
      const a = parse(before);
      const b = parse(now);
      const text = b ? b[9] : '';
      if (a && b && a[8] !== b[8] && el.localName === 'img') swapped(el, a[8], b[8]);
      if (a && b && a[9] !== b[9]) entry.kinds.add('text');
      if (Boolean(a) !== Boolean(b)) entry.kinds.add('appears');
      if (a && b && (a[0] !== b[0] || a[1] !== b[1] || a[7] !== b[7] || a[6] !== b[6])) entry.kinds.add('moves');
      if (a && b && [4, 5, 8, 11, 12].some((i) => a[i] !== b[i])) entry.kinds.add('looks');
      if (a && b && a[10] !== b[10]) entry.kinds.add('content');
      if (entry.texts.length < 4 && (text || S.text(el, 80))) entry.texts.push(text.slice(0, 80) || S.text(el, 80));
      changed.set(el, entry);
    };
    return {
      begin() {
        changed.clear();
        flicks.clear();
        swaps.clear();
        taken.clear();
        went = [];
        dirty = new Set();
        watch.disconnect();
        known = new Map();
        for (const el of S.all('body *', document, 6000)) known.set(el, el.childElementCount > 60 ? 'large' : sign(el));
        words = wordsNow();
        bag = bagNow();
        layers = openLayers();
        start = {
          words: [...words].join(' ').split(' ').length,
          disabled: disabledNow(),
          fields: fieldsNow(),
          url: location.href,
        };
        for (const root of [
          document,
          ...S.all('*')
            .map((el) => el.shadowRoot)
            .filter(Boolean),
        ])
          watch.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
        return {
          words: start.words,
          forms: document.querySelectorAll('form input:not([type=hidden]):not([type=search]),form textarea,form select')
            .length,
        };
      },
      // Light: only what mutated is looked at again.
      step({ time }) {
        heed(watch.takeRecords());
        for (const [el, from] of taken)
          if (!el.isConnected && String(known.get(el) || '')[0] === '[') goes(el, from, time);
        taken.clear();
        const touched = dirty;
        dirty = new Set();
        if (!touched.size) return { mutated: 0 };
        for (const el of touched) {
          note(el, time);
          for (const child of [...el.children].slice(0, 20)) note(child, time);
        }
        return { mutated: touched.size };
      },
      // What a person would notice: new sentences about the session, new layers with their controls, how much of the text is gone.
      notice() {
        const now = wordsNow();
        const fresh = [...now].filter((t) => !words.has(t));
        const left = bagNow();
        const gone = [...bag].reduce((sum, [word, times]) => sum + Math.max(0, times - (left.get(word) || 0)), 0);
        const opened = [...openLayers()].filter((el) => !layers.has(el));
        const said = opened.filter((el) => SESSION.test(S.text(el, 600)));
        return {
          session: fresh
            .filter((t) => SESSION.test(t))
            .map((t) => t.slice(0, 200))
            .slice(0, 5),
          gone: start.words >= 40 ? gone / start.words : 0,
          disabled: disabledNow() - start.disabled,
          fields: start.fields > 0 && !fieldsNow(),
          url: location.href === start.url ? '' : location.href.slice(0, 300),
          layers: said.slice(0, 3).map((el) =>
            S.place(el, {
              text: S.text(el, 300),
              controls: S.all('button,[role=button],a[href],input[type=button],input[type=submit]', el)
                .filter(S.visible)
                .slice(0, 6)
                .map((c) => S.place(c, { name: (S.name(c) || S.text(c, 80)).slice(0, 80) })),
            }),
          ),
        };
      },
      // Texts that went away once and for good, where nothing else comes and goes: no slide, no ticker, nothing that was loading.
      vanished() {
        const LOADING =
          /spinner|loader|loading|skeleton|progress|laden|placeholder|splash|slide|carousel|swiper|ticker|cookie|consent/i;
        const now = S.text(document.body, 20000);
        const once = went.filter(
          ({ el, from, text }) =>
            !(el.isConnected && S.visible(el)) &&
            !now.includes(text.slice(0, 60)) &&
            went.filter((other) => other.from === from).length === 1 &&
            !went.some((other) => other.el !== el && other.el.contains(el)) &&
            !/\b(laden|geladen|loading|moment geduld|even geduld|een ogenblik|bezig|opgehaald)\b/i.test(text) &&
            ![el, from, from && from.parentElement].some(
              (at) => at && LOADING.test(`${at.id} ${at.getAttribute('class') || ''}`),
            ) &&
            !((changed.get(from) || { times: [] }).times.length > 2),
        );
        return once
          .sort((a, b) => b.text.length - a.text.length)
          .slice(0, 3)
          .map(({ text, time }) => ({ text: text.slice(0, 200), seconds: time }));
      },
      swapped() {
        return [...swaps]
          .filter(([el, s]) => el.isConnected && s.alt.trim() && s.times > 1 && !S.hiddenFromAT(el))
          .slice(0, 3)
          .map(([el, s]) => S.place(el, { alternative: s.alt.slice(0, 200), times: s.times }));
      },
      // Large places that turn at least six times a second.
      flickers({ seconds }) {
        const size = (el) => el.getBoundingClientRect().width * el.getBoundingClientRect().height;
        return [...flicks]
          .filter(([el, f]) => el.isConnected && f.turns >= 6 * seconds && size(el) >= 21824)
          .slice(0, 3)
          .map(([el, f]) => S.place(el, { turns: Math.round(f.turns / seconds) }));
      },
      end() {
        // Elements that change with their siblings are one moving thing: their parent.
        let groups = new Map(
          [...changed].filter(([el]) => el.isConnected && el !== document.body && el !== document.documentElement),
        );
        for (let round = 0; round < 3; round++) {
          const by = new Map();
          for (const el of groups.keys()) {
            const up = S.parent(el);
            if (up && up !== document.body && up !== document.documentElement && !up.matches('main,[role=main]'))
              by.set(up, [...(by.get(up) || []), el]);
          }
          let joined = false;
          for (const [up, kids] of by) {
            if (kids.length < 2 && !groups.has(up)) continue;
            const all = [...kids.map((k) => groups.get(k)), groups.get(up)].filter(Boolean);
            for (const k of kids) groups.delete(k);
            groups.set(up, {
              times: [...new Set(all.flatMap((g) => g.times))].sort((a, b) => a - b),
              texts: [...new Set(all.flatMap((g) => g.texts))].slice(0, 4),
              kinds: new Set(all.flatMap((g) => [...g.kinds])),
            });
            joined = true;
          }
          if (!joined) break;
        }
        // What blinks may be away at this very moment.
        return [...groups]
          .filter(([el, g]) => S.visible(el) || (g.kinds.has('appears') && g.times.length > 2))
          .sort((a, b) => b[1].times.length - a[1].times.length)
          .slice(0, 12)
          .map(([el, g]) =>
            S.place(el, {
              times: g.times.length,
              first: g.times[0],
              last: g.times[g.times.length - 1],
              texts: g.texts,
              kinds: [...g.kinds],
              role: S.role(el),
              name: S.name(el).slice(0, 100),
              text: S.text(el, 200) || g.texts.find(Boolean) || '',
            }),
          );
      },
    };
  })());
  return C[arg.do](arg);
};
