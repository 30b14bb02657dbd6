package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;

/** The log begins: the name of the cell and its incarnation. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record CellCreated(String cell, long incarnation) implements CellEvent {}
