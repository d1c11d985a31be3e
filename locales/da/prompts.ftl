### Siden om, hvad den, der ringer, hører.

prompts-title = Hvad den, der ringer, hører
prompts-about = Hver tekst, som talesvaret siger, og den optagelse, der bruges. Teksterne ændres i opsætningens katalog.
prompts-about-recordings = En studieoptagelse afløser den syntetiske stemme, så længe teksten er den samme. Den bringes til telefonens lyd og de andres lydstyrke; den næste, der ringer, hører den.
prompts-languages = Teksternes sprog
prompts-numbers = Tal
prompts-version = version { $version }
prompts-synthetic = Syntetisk stemme
prompts-studio = Optaget i studie
prompts-studio-by = Optaget i studie, aflyttet af { $name }
prompts-stale = Teksten er ændret siden
prompts-listen = Lyt til
prompts-enter = Læg en optagelse ind i stedet
prompts-file = WAV-fil, én kanal, 16 bit
prompts-listened = Jeg har lyttet til den, og den siger denne tekst
prompts-use = Brug optagelsen
prompts-take-back = Brug den syntetiske stemme igen
prompts-done-entered = Optagelsen er i brug. Den næste, der ringer, hører den.
prompts-done-taken-back = Den syntetiske stemme er i brug igen.
prompts-refused = Optagelsen blev ikke taget i brug. De, der ringer, hører det samme som før.
prompts-no-file = Der er ikke valgt nogen fil. Vælg optagelsen, og send igen.
prompts-not-listened = Lyt til optagelsen fra ende til anden, og sæt så kryds ved, at du har gjort det.
prompts-not-wav = Dette er ikke en WAV-fil med én kanal og 16 bit. Gem optagelsen sådan.
prompts-too-long = Optagelsen er længere end to minutter. Send kun den ene sætning.
prompts-silent = Der høres ikke noget i optagelsen. Vælg en anden fil.
prompts-clipped = Stemmen var for kraftig til mikrofonen og er forvrænget. Optag den igen med lavere niveau.
prompts-odd-length = { $seconds ->
    [one] 1 sekunds tale
   *[other] { $seconds } sekunders tale
} passer ikke til teksten. Se efter, at det er den rigtige optagelse, hel og uden andet.
prompts-not-kept = Optagelsen kunne ikke gemmes. Se i programmets log: mappen med talebeskeder kan måske ikke skrives i.
