// The consent banner of this document and the button that refuses: known frameworks first, else generic wording in the
// accessible names. `arg.press` presses it. Says {layer, name, known} or null.
(S, arg) => {
  const KNOWN = [
    '#onetrust-reject-all-handler',
    '#CybotCookiebotDialogBodyButtonDecline',
    '#CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll',
    '.cky-btn-reject',
    '#didomi-notice-disagree-button',
    '.didomi-continue-without-agreeing',
    '#cookiescript_reject',
    '.cc-deny',
    '#tarteaucitronAllDenied2',
    '.cmplz-deny',
    '#cn-refuse-cookie',
    '.iubenda-cs-reject-btn',
    '[data-testid=uc-deny-all-button]',
    '.eu-cookie-compliance-banner .decline-button',
    '.klaro .cn-decline',
    '.ch2-deny-all-btn',
    '[data-cookiefirst-action=reject]',
    '.ppms_cm_reject-all',
    '#ppms_cm_reject-all',
    '.fc-cta-do-not-consent',
    '[data-cc=reject-all]',
    '[data-role=necessary]',
    '.js-cookies-reject',
    '#c-s-bn',
    '.cm__btn[data-role=necessary]',
    '#rcc-decline-button',
    '#hs-eu-decline-button',
    '.osano-cm-denyAll',
    '.moove-gdpr-infobar-reject-btn',
    '#wt-cli-reject-btn',
    '.cookie_action_close_header_reject',
    '#cookie_action_close_header_reject',
    '.cookiefirst-root button[data-cookiefirst-action=reject]',
  ];
  const ABOUT = /cookie|toestemming|consent|privacyvoorkeur|tracking|volgtechnieken/i;
  const REFUSE =
    /weiger|afwijz|wijs .*af|niet (accepteren|toestaan|akkoord)|^(nee|no)\b|alleen .*(noodzakelijk|functione|essenti)|(noodzakelijk|functione|essenti)\S* (cookies )?(accepteren|toestaan|opslaan)|zonder (te )?accepteren|reject|decline|refuse|deny|only (the )?(necessary|essential)|(necessary|essential) (cookies )?only|(use|accept|allow) (necessary|essential)|continue without|don.?t (accept|allow|consent)|do not (accept|allow|consent)/i;
  const CLOSE =
    /^(sluit|sluiten|sluit .*|melding sluiten|close|dismiss|×|x|begrepen|oke|oké|ok|got it|ik begrijp het|verberg.*)$/i;
  const pressable = (el) =>
    !(el.localName === 'a' && el.getAttribute('href') && !/^(#|javascript:)/.test(el.getAttribute('href')));
  const label = (el) => (S.name(el) || S.text(el, 80) || el.value || '').trim().slice(0, 80);

  // The smallest ancestor that speaks of cookies is the banner; the page as a whole is not.
  const layerOf = (el) => {
    let steps = 0;
    for (let at = S.parent(el); at && steps < 9; at = S.parent(at), steps += 1) {
      if (at === document.body || at === document.documentElement || at.matches('main,[role=main]')) return null;
      const words = S.text(at, 4001);
      if (words.length > 4000) return null;
      if (ABOUT.test(words)) return at;
    }
    return null;
  };
  const isLayer = (layer) =>
    Boolean(
      S.closest(
        layer,
        (at) =>
          at.matches('dialog[open],[role=dialog],[role=alertdialog],[role=region],[aria-modal=true]') ||
          /fixed|sticky|absolute/.test(S.style(at).position) ||
          ABOUT.test(`${at.id} ${at.className}`),
      ),
    );

  let found = null;
  for (const known of KNOWN) {
    const el = S.all(known).find(S.visible);
    if (el) {
      found = { el, layer: layerOf(el) || S.parent(el), known: true };
      break;
    }
  }
  if (!found) {
    const buttons = S.all('button,[role=button],input[type=button],input[type=submit],a')
      .filter((el) => pressable(el))
      .slice(0, 600);
    for (const wording of [REFUSE, CLOSE]) {
      for (const el of buttons) {
        if (!wording.test(label(el)) || !S.visible(el)) continue;
        const layer = layerOf(el);
        // A button that merely closes must belong to something laid over the page, and not be the cookie page's own.
        if (layer && isLayer(layer)) {
          found = { el, layer, known: false };
          break;
        }
      }
      if (found) break;
    }
  }
  if (!found) return null;
  const said = { layer: S.place(found.layer), button: S.selector(found.el), name: label(found.el), known: found.known };
  if (arg && arg.press) found.el.click();
  return said;
};
