### Sidan om vad den som ringer hör.

prompts-title = Vad den som ringer hör
prompts-about = Varje text som talsvaret säger, och inspelningen som används. Texterna ändras i driftsättningens katalog.
prompts-about-recordings = En studioinspelning ersätter den syntetiska rösten så länge texten är densamma. Den görs om till telefonens ljud och de andras ljudstyrka; nästa som ringer hör den.
prompts-languages = Texternas språk
prompts-numbers = Tal
prompts-version = version { $version }
prompts-synthetic = Syntetisk röst
prompts-studio = Inspelad i studio
prompts-studio-by = Inspelad i studio, avlyssnad av { $name }
prompts-stale = Texten har ändrats sedan dess
prompts-listen = Lyssna på
prompts-enter = Lägg in en inspelning i stället
prompts-file = WAV-fil, en kanal, 16 bitar
prompts-listened = Jag har lyssnat på den, och den säger den här texten
prompts-use = Använd inspelningen
prompts-take-back = Använd den syntetiska rösten igen
prompts-done-entered = Inspelningen används nu. Nästa som ringer hör den.
prompts-done-taken-back = Den syntetiska rösten används igen.
prompts-refused = Inspelningen togs inte emot. De som ringer hör samma som förut.
prompts-no-file = Ingen fil är vald. Välj inspelningen och skicka igen.
prompts-not-listened = Lyssna på inspelningen från början till slut och kryssa sedan i att du har gjort det.
prompts-not-wav = Det här är ingen WAV-fil med en kanal och 16 bitar. Spara inspelningen så.
prompts-too-long = Inspelningen är längre än två minuter. Skicka bara den här meningen.
prompts-silent = Inget hörs i inspelningen. Välj en annan fil.
prompts-clipped = Rösten var för stark för mikrofonen och är förvrängd. Spela in den på nytt med lägre nivå.
prompts-odd-length = { $seconds ->
    [one] 1 sekund tal
   *[other] { $seconds } sekunder tal
} passar inte till texten. Kontrollera att det är rätt inspelning, hel och utan något annat.
prompts-not-kept = Inspelningen kunde inte sparas. Titta i programmets logg: mappen med talsvar går kanske inte att skriva i.
