package dev.berth.schemas.command;

/** The first record of every log: names the cell and carries the incarnation that the ledger holds too (P10). */
public record CreateCell(String cell, long incarnation) implements CellCommand {}
