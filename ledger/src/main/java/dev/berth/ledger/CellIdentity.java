package dev.berth.ledger;

/** What ties a ledger to its log: compared with the log's first record and its topic before anyone acts (P10). */
public record CellIdentity(String name, long incarnation, String kafkaClusterId, String commandsTopicId) {}
