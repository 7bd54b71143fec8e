// Is one element heard right now? Listens to its sound for `arg.seconds` without changing it. {plays, heard: yes|no|unknown, at}.
async (S, arg) => {
  const el = S.find(arg.selector);
  if (!(el instanceof HTMLMediaElement)) return { plays: false, heard: 'no', at: 0 };
  const before = el.currentTime;
  const loops = el.loop;
  let loudest = -1;
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  try {
    const context = new AudioContext();
    const stream = el.captureStream();
    if (stream.getAudioTracks().length) {
      const tap = context.createAnalyser();
      tap.fftSize = 2048;
      context.createMediaStreamSource(stream).connect(tap);
      const samples = new Float32Array(tap.fftSize);
      loudest = 0;
      const ends = performance.now() + arg.seconds * 1000;
      while (performance.now() < ends) {
        await sleep(50);
        tap.getFloatTimeDomainData(samples);
        for (const v of samples) if (Math.abs(v) > loudest) loudest = Math.abs(v);
      }
    } else {
      loudest = 0;
      await sleep(arg.seconds * 1000);
    }
    context.close();
  } catch {
    await sleep(arg.seconds * 1000);
  }
  const plays = !el.paused && !el.muted && el.volume > 0 && (el.currentTime !== before || loops) && el.isConnected;
  return { plays, heard: loudest < 0 ? 'unknown' : loudest > 0.003 ? 'yes' : 'no', loudest, at: el.currentTime };
};
