# Writes OUT: SOURCE with the mistake of this NAME cut in, switched by simulated_fault.
file(READ ${SOURCE} text)
if(NAME STREQUAL "outbox")
  # new-counter-on-resend: what was under way when the connection went is sealed as something new.
  string(CONCAT sound "    for (Outgoing& item : log.outbox) item.sent = false;\n"
    "    log.outbox_retry_at_ms = 0;\n")
  set(broken "    for (Outgoing& item : log.outbox) {
      extern int simulated_fault;
      if (simulated_fault == 2 && item.sent && item.envelope_class == EnvelopeClass::message) {
        item.envelope.clear();
        item.counter = 0;
      }
      item.sent = false;
    }
    log.outbox_retry_at_ms = 0;\n")
elseif(NAME STREQUAL "repeats")
  # repeat-sent-again: what a host says again is taken for something new.
  set(sound "  if (command.ref == 0) return false;\n")
  set(broken "  extern int simulated_fault;
  if (simulated_fault == 4 || command.ref == 0) return false;\n")
elseif(NAME STREQUAL "replica")
  # cursor-highest: an entry behind a gap is taken, and with it all before it count as stored.
  set(sound "  if (seq > log.seq + 1) {\n")
  set(broken "  extern int simulated_fault;
  if (simulated_fault == 3 && seq > log.seq + 1) log.seq = seq - 1;
  if (seq > log.seq + 1) {\n")
endif()
string(FIND "${text}" "${sound}" at)
if(at EQUAL -1)
  message(WARNING "tests/sim/mutate.cmake no longer fits ${NAME}.cpp; sim --faults will fail")
endif()
string(REPLACE "${sound}" "${broken}" text "${text}")
file(WRITE ${OUT} "${text}")
