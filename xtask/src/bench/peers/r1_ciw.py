"""R1 in Ciw, for the speed that `svar simulate --reference r1` is held against: `r1_ciw.py DAYS SEED`.

Prints one line of JSON. The processor's time counts from after the imports, the network is built once for all
days, and nodes count what is asked for instead of keeping a record of every caller: whatever makes Ciw faster
and keeps the scenario is taken, as long as Ciw's own engine runs it.
"""

import json
import math
import random
import sys
import time

import ciw

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

COUNTS = {"offered": 0, "abandoned": 0, "overflowed": 0, "within": 0, "waited_s": 0.0}


class Arrivals(ciw.dists.Distribution):
    """Poisson at a rate that is constant within each hour; nobody comes after 24:00."""

    def __init__(self, share):
        self.rates = [share * CALLS_PER_DAY * weight / sum(PROFILE) / HOUR_S for weight in PROFILE]

    def sample(self, t=None, ind=None):
        at, hour = t, int(t // HOUR_S)
        while hour < len(self.rates):
            at += random.expovariate(self.rates[hour])
            hour += 1
            if at < hour * HOUR_S:
                return at - t
            # A Poisson stream forgets: it may begin anew with every hour.
            at = hour * HOUR_S
        return math.inf


class Entrance(ciw.ArrivalNode):
    """Leads a caller to the ring neighbour where fewer wait, on arrival and once."""

    def send_individual(self, next_node, next_individual):
        COUNTS["offered"] += 1
        if waiting(next_node) > MORE_THAN_WAITING:
            nodes = self.simulation.transitive_nodes
            index = next_node.id_number - 1
            left, right = nodes[index - 1], nodes[(index + 1) % len(nodes)]
            other = left if waiting(left) <= waiting(right) else right
            if waiting(other) < waiting(next_node):
                COUNTS["overflowed"] += 1
                next_node = other
        super().send_individual(next_node, next_individual)


class Region(ciw.Node):
    def write_individual_record(self, individual):
        waited = individual.service_start_date - individual.arrival_date
        COUNTS["waited_s"] += waited
        COUNTS["within"] += waited <= WITHIN_S

    def write_reneging_record(self, individual):
        COUNTS["waited_s"] += individual.exit_date - individual.arrival_date
        COUNTS["abandoned"] += 1


class Exit(ciw.ExitNode):
    """Keeps nobody: whoever leaves has been counted."""

    def accept(self, next_individual, completed=True):
        self.number_of_individuals += 1


def waiting(node):
    return node.number_of_individuals - node.number_in_service


def main():
    days, seed = int(sys.argv[1]), int(sys.argv[2])
    ciw.seed(seed)
    begun = time.process_time()
    network = ciw.create_network(
        arrival_distributions=[Arrivals(share) for share in SHARES],
        service_distributions=[ciw.dists.Lognormal(MU, SIGMA) for _ in SHARES],
        reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE_MEAN_S) for _ in SHARES],
        number_of_servers=OPERATORS,
        routing=ciw.routing.NetworkRouting(routers=[ciw.routing.Leave() for _ in SHARES]),
    )
    for _ in range(days):
        day = ciw.Simulation(network, node_class=Region, arrival_node_class=Entrance, exit_node_class=Exit)
        day.simulate_until_max_time(math.inf)
    cpu_s = time.process_time() - begun
    within, waited_s = COUNTS.pop("within"), COUNTS.pop("waited_s")
    shares = {"sl_off": within / COUNTS["offered"], "mean_wait_s": waited_s / COUNTS["offered"]}
    print(json.dumps(COUNTS | shares | {"cpu_s": cpu_s}))


main()
