// Runs in: base 320
(S) => {
  // Controls that may lead the page into another state, one representative per component signature: for checks.states.
  const OPENERS =
    'summary,[aria-expanded],[aria-haspopup]:not([aria-haspopup=false]),[aria-pressed],[role=tab],[role=switch],[role=checkbox],[role=menuitemcheckbox],[role=radio],[role=slider],[role=spinbutton],' +
    '[data-toggle],[data-bs-toggle],[popovertarget],[commandfor],button,[role=button],input[type=button],a[href="#"],a[href^="javascript:"],a[aria-controls]';
  const NEVER =
    /verwijder|\bwis|delete|verzend|verstuur|opslaan|bevestig|betaal|log ?(uit|out|in)|uitlog|inlog|afmeld|print|afdruk|download|deel |share|cookie|weiger|accept|akkoord|naar boven|to top|volgend|vorig|next|previous/i;
  const MAX = 24;
  const steady = (el) =>
    [...el.classList]
      .filter((c) => c.length < 40 && !/\d{2,}|[a-f0-9]{6,}|^(is-|active|open|show|selected|current)/.test(c))
      .sort()
      .slice(0, 3)
      .join('.');
  const signature = (el, kind) =>
    `${kind} ${el.localName}.${steady(el)} < ${S.parent(el) ? S.parent(el).localName + '.' + steady(S.parent(el)) : ''} < ${S.parent(el) && S.parent(S.parent(el)) ? steady(S.parent(S.parent(el))) : ''}`;
  const kindOf = (el) => {
    const role = el.getAttribute('role');
    if (role === 'tab' || role === 'radio') return role;
    if (role === 'slider' || role === 'spinbutton') return 'value';
    if (['switch', 'checkbox', 'menuitemcheckbox'].includes(role) || el.hasAttribute('aria-pressed')) return 'check';
    if (
      el.matches('[aria-expanded],summary,[data-toggle],[data-bs-toggle],[popovertarget],[commandfor],[aria-controls]')
    )
      return 'disclosure';
    if (el.matches('[aria-haspopup]')) return 'popup';
    return 'button';
  };
  const RANK = { disclosure: 0, popup: 0, tab: 1, check: 1, radio: 1, value: 1, button: 2 };

  const seen = new Map();
  const found = [];
  // Likes that say something else may open something else: a few of them, for when the first has opened something.
  const alike = [];
  const names = new Map();
  for (const el of S.all(OPENERS).slice(0, 1500)) {
    const kind = kindOf(el);
    if (!S.visible(el) || S.disabled(el) || el.matches('[type=submit],[type=reset],input,select,textarea')) continue;
    if (el.localName === 'button' && el.type === 'submit' && el.form) continue;
    if (kind === 'tab' && el.getAttribute('aria-selected') === 'true') continue;
    if (kind === 'radio' && el.getAttribute('aria-checked') === 'true') continue;
    if (
      el.localName === 'a' &&
      el.getAttribute('href') &&
      !/^(#|javascript:)/.test(el.getAttribute('href')) &&
      el.getAttribute('role') !== 'button' &&
      !el.hasAttribute('aria-expanded')
    )
      continue;
    const name = (S.name(el) || S.text(el, 80)).slice(0, 80);
    if (NEVER.test(name)) continue;
    const sign = signature(el, kind);
    const n = seen.get(sign) || 0;
    const said = names.get(sign) || names.set(sign, new Set()).get(sign);
    const other = name && !said.has(name);
    said.add(name);
    if (n >= (kind === 'tab' ? 2 : 1)) {
      if (other && said.size <= 3 && (kind === 'button' || kind === 'popup') && alike.length < 12)
        alike.push({ el, kind, name, sign });
      continue;
    }
    seen.set(sign, n + 1);
    found.push({ el, kind, name, sign });
  }
  found.sort((a, b) => RANK[a.kind] - RANK[b.kind]);

  // What the mouse may open and Tab does not reach, in header and menu: at 320 px what opens the menu is often such a thing, and is there at
  // no other width. Labels of boxes that are not rendered; what has a hand cursor of its own or is called a menu's button.
  const BUTTONISH =
    /burger|(menu|nav)\w*[-_]?(toggle|button|btn|knop|icon|icoon|trigger|open)|(toggle|open)[-_]?(menu|nav)/i;
  const ownHand = (el) =>
    S.style(el).cursor === 'pointer' && (!el.parentElement || S.style(el.parentElement).cursor !== 'pointer');
  const unrendered = (box) =>
    box && box.matches('input[type=checkbox],input[type=radio]') && !box.checkVisibility({ visibilityProperty: true });
  const mouseOnly = [
    ...S.all('label').filter((el) => unrendered(el.control)),
    ...S.all(
      ['header', 'nav', '[role=banner]', '[role=navigation]', '[class*=header i]', '[class*=menu i]', '[class*=nav i]']
        .map((at) => `${at} *`)
        .concat('[class*=burger i]', '[class*=toggle i]')
        .join(),
    )
      .slice(0, 1500)
      .filter(
        (el) =>
          !el.closest('label,button,summary,select,a[href],[tabindex]') &&
          (BUTTONISH.test(`${el.id} ${el.getAttribute('class') || ''}`) || ownHand(el)),
      ),
  ]
    .filter((el) => S.visible(el))
    .slice(0, 40)
    .map((el) => S.place(el));

  // A dark scheme of its own: by meta, by sheet, by rule. Sheets of other origins cannot be read.
  let dark =
    [...document.querySelectorAll('meta[name=color-scheme]')].some((m) => /dark/.test(m.content)) ||
    /dark/.test(S.style(document.documentElement).colorScheme);
  const DARK = /prefers-color-scheme:\s*dark/;
  const search = (rules, depth) => {
    for (const rule of rules) {
      if (dark || depth > 4) return;
      if (rule.media && DARK.test(rule.media.mediaText)) {
        dark = true;
        return;
      }
      if (rule.cssRules && !(rule instanceof CSSStyleRule)) search(rule.cssRules, depth + 1);
    }
  };
  for (const sheet of document.styleSheets) {
    if (dark) break;
    if (DARK.test(sheet.media.mediaText)) {
      dark = true;
      break;
    }
    try {
      search(sheet.cssRules, 0);
    } catch {
      /* of another origin */
    }
  }
  // Is there anything like a consent banner? Only then is it worth a fresh page to refuse it.
  const ABOUT = /cookie|toestemming|consent|tracking|volgtechnieken/i;
  const banner =
    window === top &&
    (S.all('iframe').some((el) => /consent|cookie|cmp\b|privacy-mgmt/i.test(`${el.src} ${el.id} ${el.title}`)) ||
      S.all('div,section,aside,dialog,form,[role=dialog],[role=alertdialog],[role=region],cookie-banner')
        .slice(0, 4000)
        .some(
          (el) =>
            (ABOUT.test(`${el.id} ${el.className}`) ||
              el.matches('dialog[open],[role=dialog],[role=alertdialog]') ||
              /fixed|sticky/.test(S.style(el).position)) &&
            S.visible(el) &&
            ABOUT.test(S.text(el, 2000)),
        ));
  // A button that is but a picture: what it draws may be its state.
  const bare = (el, kind) => kind === 'button' && !S.seen(el, 40);
  const told = ({ el, kind, name, sign }) =>
    S.place(el, { kind, name, sign: sign.slice(0, 200), role: S.role(el), bare: bare(el, kind) });
  return {
    banner,
    mouseOnly,
    openers: found.slice(0, MAX).map(told),
    alike: alike.map(told),
    dark: window === top && dark,
    more: Math.max(0, found.length - MAX),
  };
};
