"""R1 in SimPy, for the speed that `svar simulate --reference r1` is held against: `r1_simpy.py DAYS SEED`.

Prints one line of JSON. The processor's time counts from after the imports, and a caller who is answered at
once gets no alarm for their patience: whatever makes SimPy faster and keeps the scenario is taken.
"""

import json
import math
import random
import sys
import time

import simpy

CALLS_PER_DAY = 163_000 / 30
SHARES = [0.30, 0.14, 0.15, 0.11, 0.13, 0.11, 0.06]
OPERATORS = [12, 7, 8, 6, 7, 6, 3]
PROFILE = [1.0, 0.7, 0.5, 0.4, 0.4, 0.6, 1.2, 3.2, 6.0, 7.6, 8.0, 7.8, 7.2, 7.4, 7.6, 7.4, 6.8, 5.8, 4.8, 4.2, 3.6, 3.0, 2.4, 1.4]
HOUR_S = 3_600
PATIENCE_MEAN_S = 1_800
WITHIN_S = 600
MORE_THAN_WAITING = 15
# Handling is lognormal with mean 480 s and variation 0.8.
VARIANCE = math.log(1 + 0.8**2)
MU, SIGMA = math.log(480) - VARIANCE / 2, math.sqrt(VARIANCE)


class Day:
    def __init__(self, chance, counts):
        self.chance = chance
        self.counts = counts
        self.centre = simpy.Environment()
        self.regions = [simpy.Resource(self.centre, capacity) for capacity in OPERATORS]
        for region in range(len(SHARES)):
            self.centre.process(self.arrivals(region))
        self.centre.run()

    def arrivals(self, region):
        centre, chance = self.centre, self.chance
        for hour, weight in enumerate(PROFILE):
            rate = SHARES[region] * CALLS_PER_DAY * weight / sum(PROFILE) / HOUR_S
            # A Poisson stream forgets: it may begin anew with every hour.
            at = hour * HOUR_S
            while (at := at + chance.expovariate(rate)) < (hour + 1) * HOUR_S:
                yield centre.timeout(at - centre.now)
                centre.process(self.call(region))

    def call(self, region):
        centre, counts = self.centre, self.counts
        joined = self.joined(region)
        counts["offered"] += 1
        counts["overflowed"] += joined != region
        with self.regions[joined].request() as turn:
            waited = 0.0
            if not turn.triggered:
                came = centre.now
                yield turn | centre.timeout(self.chance.expovariate(1 / PATIENCE_MEAN_S))
                waited = centre.now - came
            counts["waited_s"] += waited
            if not turn.triggered:
                counts["abandoned"] += 1
                return
            counts["within"] += waited <= WITHIN_S
            yield centre.timeout(self.chance.lognormvariate(MU, SIGMA))

    def joined(self, region):
        """The region's own line, or that of the ring neighbour where fewer wait."""
        waiting = len(self.regions[region].queue)
        if waiting <= MORE_THAN_WAITING:
            return region
        left, right = (region - 1) % len(SHARES), (region + 1) % len(SHARES)
        other = left if len(self.regions[left].queue) <= len(self.regions[right].queue) else right
        return other if len(self.regions[other].queue) < waiting else region


def main():
    days, seed = int(sys.argv[1]), int(sys.argv[2])
    counts = {"offered": 0, "abandoned": 0, "overflowed": 0, "within": 0, "waited_s": 0.0}
    chance = random.Random(seed)
    begun = time.process_time()
    for _ in range(days):
        Day(chance, counts)
    cpu_s = time.process_time() - begun
    within, waited_s = counts.pop("within"), counts.pop("waited_s")
    shares = {"sl_off": within / counts["offered"], "mean_wait_s": waited_s / counts["offered"]}
    print(json.dumps(counts | shares | {"cpu_s": cpu_s}))


main()
