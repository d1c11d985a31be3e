### The page of what callers hear.

prompts-title = What callers hear
prompts-about = Every text that the dialogue says, and the recording in use. Texts are changed in the deployment's catalogue.
prompts-about-recordings = A studio's recording takes the place of the synthetic voice as long as the text stays the same. It is brought to the telephone's sound and to the loudness of the others; the next caller hears it.
prompts-languages = Languages of the texts
prompts-numbers = Numbers
prompts-version = version { $version }
prompts-synthetic = Synthetic voice
prompts-studio = Recorded in a studio
prompts-studio-by = Recorded in a studio, listened to by { $name }
prompts-stale = The text has changed since
prompts-listen = Listen to
prompts-enter = Put a recording in its place
prompts-file = WAV file, one channel, 16 bits
prompts-listened = I have listened to it, and it says this text
prompts-use = Use this recording
prompts-take-back = Use the synthetic voice again
prompts-done-entered = The recording is in use. The next caller hears it.
prompts-done-taken-back = The synthetic voice is in use again.
prompts-refused = This recording was not taken. Callers hear what they heard before.
prompts-no-file = No file was chosen. Choose the recording and send it again.
prompts-not-listened = Listen to the recording from beginning to end, then tick that you have.
prompts-not-wav = This is no WAV file with one channel and 16 bits. Save the recording in that form.
prompts-too-long = The recording is longer than two minutes. Send the one sentence alone.
prompts-silent = Nothing is heard in the recording. Choose another file.
prompts-clipped = The voice was too loud for the microphone and is distorted. Record it anew with less gain.
prompts-odd-length = { $seconds ->
    [one] 1 second of speech does
   *[other] { $seconds } seconds of speech do
} not fit this text. Check that it is the right recording, whole and with nothing beside it.
prompts-not-kept = The recording could not be kept. Look at the program's log: the prompts folder may not be writable.
