// Runs in: base
(S) => {
  // Forms as a person fills them in: fields with their constraints, the control that sends, and what kind of form it is. For E9.
  const TYPED =
    'input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]),select,textarea';
  const SEND =
    /verzend|verstuur|versturen|indien|aanvragen|opslaan|verder|volgende|controle|bevestig|aanmeld|inschrij|registre|plaats|doorgaan|submit|send|next|continue|save|apply|register|sign up|zoek|search|bereken/i;
  // What turns the pages of a table, the months of a calendar or the slides of a carousel sends nothing.
  const TURNS = /\b(pagina|bladzijde|page|dia|slide|maand|month|jaar|year|week|dag|day)\b/i;
  const sends = (b) =>
    SEND.test(S.name(b)) &&
    !TURNS.test(S.name(b)) &&
    !b.matches('[aria-expanded],[aria-haspopup]:not([aria-haspopup=false]),[aria-pressed]') &&
    !b.closest(
      'nav,[role=navigation],[role=grid],[role=tablist],[role=toolbar],[class~=toolbar],table,[aria-roledescription=carousel],[class*=carousel i],[class*=slider i]',
    );
  // Dutch words such as `bezoek`, `verzoek` and `onderzoek` ask for no search.
  const SEARCH = /(?<!be|ver|onder)zoek|search/i;
  const PRIVATE =
    /\bbsn\b|burgerservice|iban|rekening|creditcard|kaartnummer|card.?number|cvc|wachtwoord|password|digid|pincode/i;
  const ERROR =
    /ongeldig|onjuist|niet (goed|correct|juist)|(?<!\p{L})((invoer|validatie|formulier|systeem|server)?fout(en)?)(?!\p{L})|verplicht veld niet|is verplicht\b|vul .*(in|correct)|invalid|incorrect|error|required field|please (fill|enter|correct)|must be|moet .*zijn/iu;

  const labelOf = (el) =>
    ((el.labels && [...el.labels].map((l) => S.text(l, 160)).join(' ')) || S.name(el)).slice(0, 160);
  const described = (el) =>
    (el.getAttribute('aria-describedby') || '')
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 5)
      .map((id) => el.getRootNode().getElementById && el.getRootNode().getElementById(id))
      .filter(Boolean)
      .map((t) => S.text(t, 200))
      .join(' ')
      .slice(0, 300);
  const around = (el) => {
    // Text close under or beside the field within its own wrapper: a hint.
    let at = el.parentElement;
    for (let i = 0; at && i < 3 && at.querySelectorAll(TYPED).length === 1; i += 1, at = at.parentElement) {
      const t = S.text(at, 300);
      if (t.length > labelOf(el).length + 3) return t;
    }
    return '';
  };
  const field = (el) =>
    S.place(el, {
      control: el.localName === 'input' ? el.type : el.localName,
      label: labelOf(el),
      name: (el.getAttribute('name') || '').slice(0, 80),
      required: el.required || el.getAttribute('aria-required') === 'true',
      pattern: (el.getAttribute('pattern') || '').slice(0, 100),
      min: el.getAttribute('min') || '',
      max: el.getAttribute('max') || '',
      minLength: el.minLength > 0 ? el.minLength : 0,
      maxLength: el.maxLength > 0 ? el.maxLength : 0,
      title: (el.title || '').slice(0, 120),
      placeholder: (el.getAttribute('placeholder') || '').slice(0, 120),
      described: described(el),
      hint: around(el),
      autocomplete: (el.getAttribute('autocomplete') || '').slice(0, 40),
      inputMode: el.getAttribute('inputmode') || '',
      role: S.role(el),
      filled: Boolean(el.value) && el.type !== 'checkbox' && el.type !== 'radio',
      disabled: S.disabled(el) || el.readOnly === true,
      secret:
        PRIVATE.test(`${labelOf(el)} ${el.name} ${el.id} ${el.getAttribute('autocomplete') || ''}`) ||
        ['password', 'file'].includes(el.type),
    });

  const groups = new Map();
  for (const el of S.all(TYPED).slice(0, 300)) {
    if (!S.visible(el) && !(el.labels && [...el.labels].some(S.visible))) continue;
    let home = el.form;
    if (!home) {
      for (let at = S.parent(el), i = 0; at && i < 7 && at !== document.body; at = S.parent(at), i += 1) {
        if (
          [...at.querySelectorAll('button,input[type=button],[role=button]')].some(
            (b) => !b.closest('form') && sends(b),
          )
        ) {
          home = at;
          break;
        }
      }
    }
    if (!home) home = document.body;
    if (!groups.has(home)) groups.set(home, []);
    if (groups.get(home).length < 40) groups.get(home).push(el);
  }

  // A name and one password, perhaps a code. Who chooses a new password, or fills in more, is not logging in.
  const logsIn = (fields) => {
    const secret = fields.filter((f) => f.type === 'password');
    const asked = fields.filter((f) => !['checkbox', 'radio'].includes(f.type));
    return (
      secret.length === 1 && asked.length <= 3 && !/new-password/.test(secret[0].getAttribute('autocomplete') || '')
    );
  };
  const kindOf = (home, fields, words) => {
    const all = `${words} ${home.id} ${home.className} ${home.getAttribute('action') || ''} ${S.name(home)}`;
    if (
      home.getAttribute('role') === 'search' ||
      S.closest(home, (at) => at.getAttribute('role') === 'search' || at.localName === 'search') ||
      (fields.length <= 2 &&
        fields.some(
          (f) => f.type === 'search' || SEARCH.test(`${f.name} ${f.id} ${labelOf(f)} ${f.placeholder || ''}`),
        ))
    )
      return 'search';
    if (logsIn(fields)) return 'login';
    if (fields.length <= 3 && /nieuwsbrief|newsletter|op de hoogte|subscribe/i.test(all)) return 'newsletter';
    if (
      /\bfilter|sorteer|verfijn|refine/i.test(all) &&
      fields.every((f) => ['checkbox', 'radio', 'select-one', 'range'].includes(f.type))
    )
      return 'filter';
    if (fields.length <= 3 && /geholpen|nuttig|feedback|vond u|helpful/i.test(all)) return 'feedback';
    if (fields.length <= 6 && /contact/i.test(all) && !/aanvra|bezwaar|aangifte/i.test(all)) return 'contact';
    return 'form';
  };

  const forms = [...groups]
    .filter(([home]) => home !== document.body)
    .slice(0, 12)
    .map(([home, fields]) => {
      const candidates = [
        ...home.querySelectorAll('button:not([type=button]):not([type=reset]),input[type=submit],input[type=image]'),
      ].filter((b) => S.visible(b));
      const scripted = [...home.querySelectorAll('button,input[type=button],[role=button]')].filter(
        (b) => S.visible(b) && sends(b) && (home.localName === 'form' || !b.closest('form')),
      );
      // A button without a type sends in name only when it adds a row; one that says so is the one to press.
      const send =
        (home.localName === 'form' && (candidates.find((b) => sends(b)) || candidates[0])) || scripted[0] || null;
      const words = S.text(home, 4000);
      return S.place(home, {
        form: home.localName === 'form',
        method: (home.getAttribute('method') || 'get').toLowerCase(),
        action: String(home.getAttribute('action') || '').slice(0, 200),
        noValidate: Boolean(home.noValidate),
        kind:
          home.localName !== 'form' && send && SEARCH.test(S.name(send))
            ? 'search'
            : kindOf(home, fields, words.slice(0, 400)),
        words: words.slice(0, 1500),
        send: send
          ? S.place(send, {
              name: S.name(send).slice(0, 80),
              submits: candidates.includes(send),
              disabled: S.disabled(send),
            })
          : null,
        fields: fields.map(field),
      });
    });

  // Forms without a field, whose button ends, deletes or pays something.
  const ACTS =
    /verwijder|opzeg|(?<!\p{L})zeg .* op(?!\p{L})|intrek|(?<!\p{L})trek .* in(?!\p{L})|beëindig|betaal|bevestig|onderteken|delete|(?<!\p{L})(pay|confirm|sign)(?!\p{L})/iu;
  const acts = S.all('form')
    .filter((form) => form.getAttribute('method')?.toLowerCase() === 'post' && !groups.has(form))
    .flatMap((form) => S.all('button:not([type=button]),input[type=submit]', form).slice(0, 1))
    .filter((b) => S.visible(b) && ACTS.test(S.name(b)))
    .slice(0, 5)
    .map((b) => S.place(b, { name: S.name(b).slice(0, 80), kind: (ACTS.exec(S.name(b)) || [''])[0].toLowerCase() }));

  // Error messages that stand there already: nothing was sent, so either the page was loaded with errors or they are always there.
  // "Vul uw gegevens in" is an instruction, unless the page marks it as a message or a field points to it.
  const ASKS = /^(vul|kies|geef|please|fill|enter|choose)\b/i;
  // What to fill in ("moet minstens 8 tekens lang zijn", "vul uw naam in") is a hint where it is written as one, unless its field is said to be wrong.
  const RULE = /moet .*zijn|must be|vul .*in\b|please (fill|enter)/gi;
  const HINT = /help|hint|form-?text|description|uitleg|toelichting/i;
  // Words about mistakes that nobody made yet: how to avoid, look for or report them.
  const FAULT = '(?<!\\p{L})(fout(en)?|errors?)(?!\\p{L})';
  const OF_FAULTS = new RegExp(
    `(?<!\\p{L})(als|indien|wanneer|mocht|ziet|vindt|voorkom|vermijd|controleer|let op|meld|if|when|avoid|check|report|found)(?!\\p{L})[^.!]*${FAULT}|${FAULT}[^.!?]*(\\?| te voorkomen| melden| doorgeven| in (uw|je|the|your) )`,
    'iu',
  );
  const WRONG = /err|fout|invalid|alert|warn/i;
  const called = (at) => `${at.getAttribute('class') || ''} ${at.id}`;
  const pointedTo = (at) =>
    at.id &&
    document.querySelector(`[aria-describedby~="${CSS.escape(at.id)}"],[aria-errormessage~="${CSS.escape(at.id)}"]`);
  const isMessage = (at) =>
    at.matches('[role=alert],[role=status],[aria-live]') || WRONG.test(called(at)) || Boolean(pointedTo(at));
  const hintsOf = (fields) =>
    fields
      .filter((el) => el.getAttribute('aria-invalid') !== 'true')
      .flatMap((el) => (el.getAttribute('aria-describedby') || '').split(/\s+/).filter(Boolean));
  const isError = (at) => at.matches('[role=alert]') || WRONG.test(called(at));
  const standing = [];
  for (const [el, fields] of [...groups].slice(0, 12)) {
    if (el === document.body) continue;
    const hints = new Set(hintsOf(fields));
    const within = (node, says) =>
      Boolean(S.closest(node.parentElement, (at) => at !== el && el.contains(at) && says(at)));
    for (const node of S.textNodes(el, 300)) {
      const text = node.data.replace(/\s+/g, ' ').trim();
      if (
        standing.length >= 10 ||
        text.length >= 160 ||
        !ERROR.test(text) ||
        node.parentElement.closest('label,legend,option,button,a')
      )
        continue;
      if (ASKS.test(text) && !within(node, isMessage)) continue;
      if (OF_FAULTS.test(text) && !within(node, isError)) continue;
      if (
        !ERROR.test(text.replace(RULE, '')) &&
        within(node, (at) => hints.has(at.id) || HINT.test(called(at))) &&
        !within(node, (at) => WRONG.test(called(at)))
      )
        continue;
      standing.push(S.place(node.parentElement, { text }));
    }
  }
  return { forms, acts, standing, pageWords: S.text(document.body, 6000).slice(0, 6000) };
};
