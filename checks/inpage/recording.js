// How long a film or sound lasts and whether it can be heard, without a sound leaving the machine: plays it muted for a moment,
// then decodes the whole file in memory. `arg`: {selector, bytes (most to decode), seconds (most to wait)}.
async (S, arg) => {
  const el = S.find(arg.selector);
  if (!el || !(el instanceof HTMLMediaElement)) return { sound: 'unknown', why: 'gone' };
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const began = performance.now();
  const late = () => performance.now() - began > arg.seconds * 1000;
  const was = { muted: el.muted, paused: el.paused, at: el.currentTime };
  el.muted = true;
  try {
    if (el.readyState < 2) {
      el.preload = 'auto';
      if (el.networkState !== 2) el.load();
    }
    el.play().catch(() => 0);
    for (let tick = 0; !late() && !el.error && el.networkState !== 3 && tick < 40; tick++) {
      if (el.readyState >= 2 && el.currentTime > was.at + 0.6) break;
      await sleep(100);
    }
  } finally {
    if (was.paused) el.pause();
    el.muted = was.muted;
  }
  const out = {
    url: String(el.currentSrc).slice(0, 1000),
    duration: Number.isFinite(el.duration) ? el.duration : null,
    endless: el.duration === Infinity,
    error: el.error ? el.error.code : el.networkState === 3 ? 4 : 0,
    width: el.videoWidth || 0,
    height: el.videoHeight || 0,
    audioBytes: el.webkitAudioDecodedByteCount ?? -1,
    videoBytes: el.webkitVideoDecodedByteCount ?? -1,
    sound: 'unknown',
    why: '',
  };
  if (out.error) return { ...out, why: 'did not load' };
  if (out.videoBytes > 0 && out.audioBytes === 0) return { ...out, sound: 'none' };
  if (!/^https?:/.test(out.url)) return { ...out, why: 'stream' };
  try {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), Math.max(500, arg.seconds * 1000 - (performance.now() - began)));
    const answer = await fetch(out.url, { signal: stop.signal });
    const size = Number(answer.headers.get('content-length') || 0);
    if (!answer.ok || size > arg.bytes) {
      stop.abort();
      clearTimeout(timer);
      return { ...out, why: answer.ok ? 'large file' : `status ${answer.status}` };
    }
    const data = await answer.arrayBuffer();
    clearTimeout(timer);
    const decoded = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(data);
    // Loudness ten times a second; how often the wave crosses zero in those parts: enough to tell silence.
    const samples = decoded.getChannelData(0);
    let peak = 0;
    const loud = [];
    for (let start = 0; start < samples.length && loud.length < 6000; start += 800) {
      let sum = 0;
      const end = Math.min(start + 800, samples.length);
      for (let i = start; i < end; i++) {
        const v = Math.abs(samples[i]);
        if (v > peak) peak = v;
        sum += v * v;
      }
      loud.push(Math.sqrt(sum / (end - start)));
    }
    return {
      ...out,
      duration: out.duration ?? decoded.duration,
      endless: false,
      sound: peak < 0.002 ? 'silent' : 'sound',
      peak: Math.round(peak * 1000) / 1000,
      audible: Math.round(loud.filter((v) => v > 0.004).length) / 10,
    };
  } catch (error) {
    // A film without any sound track cannot be decoded as sound; a film of another site may not be read.
    return { ...out, why: String(error).slice(0, 120) };
  }
};
