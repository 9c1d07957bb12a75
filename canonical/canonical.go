// Package canonical reads and writes the one form of JSON in which everything of the
// log is hashed and signed, RFC 8785, and the form of [json.Marshal] beside it.
//
// What was sealed by us is in that form, and a year's audit reads millions of it:
// reading it in one pass costs a third of what encoding/json takes. Each command writes
// its payloads and the state of its case: what types are made of is known once, and
// texts that need no escapes are copied as they are. Whatever is not surely so is left
// to encoding/json, whose values and bytes these are in every case.
package canonical
