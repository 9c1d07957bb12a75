package store

import "strings"

// table is one INSERT: its columns and what happens when the row is there.
type table struct {
	head, tail string
	columns    int
}

// name is the table's own.
func (t table) name() string { return strings.Fields(t.head)[2] }

var (
	intoEntry = table{`INSERT INTO entry (idx, case_no, seq, kind, recorded, leaf, fields, sealed) VALUES `, ``, 8}
	intoCases = table{`INSERT INTO cases (no, ref, service, applicant, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state) VALUES `,
		` ON CONFLICT (no) DO UPDATE SET status = excluded.status, outcome = excluded.outcome, step = excluded.step, officer = excluded.officer,
		due = excluded.due, wake = excluded.wake, closed = excluded.closed, seq = excluded.seq, state = excluded.state`, 18}
	intoTile        = table{`INSERT INTO tile (level, idx, data) VALUES `, ` ON CONFLICT (level, idx) DO UPDATE SET data = excluded.data`, 3}
	intoReservation = table{`INSERT INTO reservation (case_no, share, place, amount, granted, expires, connected) VALUES `,
		` ON CONFLICT (case_no) DO UPDATE SET place = excluded.place, amount = excluded.amount, granted = excluded.granted, expires = excluded.expires, connected = excluded.connected`, 7}
	intoOutbox     = table{`INSERT INTO outbox (id, case_no, phone, person, sealed, created, sent, lane, due) VALUES `, ``, 9}
	intoCommand    = table{`INSERT INTO command (id, first, last) VALUES `, ``, 3}
	intoSnapshot   = table{`INSERT INTO snapshot (hash, kind, data, added) VALUES `, ` ON CONFLICT (hash) DO NOTHING`, 4}
	intoDemand     = table{`INSERT INTO demand (certificate, body, n) VALUES `, ` ON CONFLICT (certificate, body) DO UPDATE SET n = demand.n + excluded.n`, 3}
	intoReportKey  = table{`INSERT INTO report_key (entry, wrapped) VALUES `, ``, 2}
	intoAccountAct = table{`INSERT INTO account_act (subject, entry, wrapped) VALUES `, ``, 3}
	intoPasskey    = table{`INSERT INTO passkey (id, account, sealed, made, used) VALUES `, ` ON CONFLICT (id) DO NOTHING`, 5}
	intoMandate    = table{`INSERT INTO mandate (entry, giver, holder, ends, sealed) VALUES `, ` ON CONFLICT (entry) DO UPDATE SET ends = excluded.ends, sealed = excluded.sealed`, 5}
	intoMandated   = table{`INSERT INTO mandate_case (mandate, case_no) VALUES `, ``, 2}
	intoLikeness   = table{`INSERT INTO likeness (band, case_no) VALUES `, ` ON CONFLICT (band, case_no) DO NOTHING`, 2}
	intoPayment    = table{`INSERT INTO payment (order_key, case_no, due, tries) VALUES `,
		` ON CONFLICT (order_key) DO UPDATE SET case_no = excluded.case_no, due = excluded.due, tries = excluded.tries`, 4}
	intoQuestion    = table{`INSERT INTO question (id, phone, code, sealed, asked, expires, tries, answered) VALUES `, ` ON CONFLICT (id) DO NOTHING`, 8}
	intoCapacity    = table{`INSERT INTO capacity (publication, trafo, name, search, district, line, why) VALUES `, ``, 7}
	intoMeter       = table{`INSERT INTO meter (meter, trafo, since, entry) VALUES `, ` ON CONFLICT (meter, entry) DO NOTHING`, 4}
	intoMeasurement = table{`INSERT INTO measurement (trafo, day, meter, watt, entry, corrects) VALUES `, ` ON CONFLICT (trafo, day, meter, entry) DO NOTHING`, 6}
	intoPlace       = table{`INSERT INTO queue_place (` + placeColumns + `) VALUES `,
		` ON CONFLICT (case_no) DO UPDATE SET waiting = excluded.waiting, tier = excluded.tier, first = excluded.first, wants = excluded.wants, seat = excluded.seat,
			points = excluded.points, quotas = excluded.quotas, wish = excluded.wish, claimed = excluded.claimed, absent = excluded.absent, reserves = excluded.reserves,
			siblings = excluded.siblings`, 15}
	intoMove      = table{`INSERT INTO queue_move (` + moveColumns + `) VALUES `, ``, 9}
	intoInversion = table{`INSERT INTO queue_inversion (` + inversionColumns + `) VALUES `, ``, 6}
	intoQueueDay  = table{`INSERT INTO queue_day (service, day) VALUES `, ` ON CONFLICT (service, day) DO NOTHING`, 2}
	intoLot       = table{`INSERT INTO lot (` + lotColumns + `) VALUES `,
		` ON CONFLICT (entry) DO UPDATE SET id = excluded.id, service = excluded.service, parcel = excluded.parcel, seller = excluded.seller, state = excluded.state,
			district = excluded.district, over = excluded.over, doc = excluded.doc`, 9}
	intoLotCase = table{`INSERT INTO lot_case (` + lotCaseColumns + `) VALUES `,
		` ON CONFLICT (case_no) DO UPDATE SET lot = excluded.lot, state = excluded.state, name = excluded.name, seal = excluded.seal, amount = excluded.amount,
			salt = excluded.salt, entry = excluded.entry`, 8}
	intoLook          = table{`INSERT INTO look (` + lookColumns + `) VALUES `, ` ON CONFLICT (subject, day, line) DO UPDATE SET n = look.n + excluded.n`, 5}
	intoRegisterPlace = table{`INSERT INTO register_place (register, cell, key) VALUES `, ` ON CONFLICT (register, cell, key) DO NOTHING`, 3}
	intoRegister      = table{`INSERT INTO register_row (register, key, value, version, at) VALUES `,
		` ON CONFLICT (register, key) DO UPDATE SET value = excluded.value, version = excluded.version, at = excluded.at`, 5}
)

// writeTiles writes tiles over those that are there.
func writeTiles(w writer, tiles []Tile) error {
	return w.insert(intoTile, len(tiles), func(a []any, i int) []any {
		return append(a, tiles[i].Level, tiles[i].Index, tiles[i].Data)
	})
}

// write inserts every row of the batch but its tiles.
func (b *Batch) write(w writer) error {
	steps := []struct {
		t   table
		n   int
		row func([]any, int) []any
	}{
		{intoEntry, len(b.Entries), func(a []any, i int) []any {
			e := &b.Entries[i]
			return append(a, e.Index, e.Case, e.Seq, e.Kind, micros(e.Recorded), e.Leaf[:], e.Fields, e.Sealed)
		}},
		{intoCases, len(b.Cases), func(a []any, i int) []any {
			c := &b.Cases[i]
			return append(a, c.No, c.Ref, c.Service, c.Applicant, c.Object, c.Filing, micros(c.Filed), c.Key, c.Status, c.Outcome,
				c.Body, c.Step, c.Officer, micros(c.Due), micros(c.Wake), micros(c.Closed), c.Seq, c.State)
		}},
		{intoReservation, len(b.Reservations), func(a []any, i int) []any {
			r := &b.Reservations[i]
			return append(a, r.Case, r.Share, r.Place, r.Amount, micros(r.Granted), micros(r.Expires), micros(r.Connected))
		}},
		{intoOutbox, len(b.Messages), func(a []any, i int) []any {
			m := &b.Messages[i]
			return append(a, m.ID, m.Case, m.Phone, m.Person, m.Sealed, micros(m.Created), micros(m.Sent), m.Lane, micros(m.Due))
		}},
		{intoCommand, len(b.Commands), func(a []any, i int) []any {
			return append(a, b.Commands[i].ID, b.Commands[i].First, b.Commands[i].Last)
		}},
		{intoSnapshot, len(b.Snapshots), func(a []any, i int) []any {
			s := &b.Snapshots[i]
			return append(a, s.Hash, s.Kind, s.Data, micros(s.Added))
		}},
		{intoDemand, len(b.Demands), func(a []any, i int) []any {
			return append(a, b.Demands[i].Certificate, b.Demands[i].Body, b.Demands[i].N)
		}},
		{intoReportKey, len(b.ReportKeys), func(a []any, i int) []any {
			return append(a, b.ReportKeys[i].Entry, b.ReportKeys[i].Wrapped)
		}},
		{intoLikeness, len(b.Likenesses), func(a []any, i int) []any {
			return append(a, b.Likenesses[i].Band, b.Likenesses[i].Case)
		}},
		{intoAccountAct, len(b.AccountActs), func(a []any, i int) []any {
			return append(a, b.AccountActs[i].Subject, b.AccountActs[i].Entry, b.AccountActs[i].Wrapped)
		}},
		{intoMandate, len(b.Mandates), func(a []any, i int) []any {
			m := &b.Mandates[i]
			return append(a, m.Entry, m.Giver, m.Holder, micros(m.Ends), m.Sealed)
		}},
		{intoMandated, len(b.MandateCases), func(a []any, i int) []any {
			return append(a, b.MandateCases[i].Mandate, b.MandateCases[i].Case)
		}},
		{intoPasskey, len(b.Passkeys), func(a []any, i int) []any {
			k := &b.Passkeys[i]
			return append(a, k.ID, k.Account, k.Sealed, micros(k.Made), micros(k.Used))
		}},
	}
	for _, s := range steps {
		if err := w.insert(s.t, s.n, s.row); err != nil {
			return err
		}
	}
	return b.writeFolds(w)
}

// writeFolds writes what meters have counted, how queues stand, and what is asked of
// those whom they offer something.
func (b *Batch) writeFolds(w writer) error {
	err := w.insert(intoQuestion, len(b.Questions), func(a []any, i int) []any {
		q := &b.Questions[i]
		return append(a, q.ID, q.Phone, q.Code, q.Sealed, micros(q.Asked), micros(q.Expires), q.Tries, int64(0))
	})
	if err != nil {
		return err
	}
	if err := writeMeasurements(w, b.Measurements); err != nil {
		return err
	}
	if err := writeMeters(w, b.Meters); err != nil {
		return err
	}
	if err := writeQueues(w, b); err != nil {
		return err
	}
	return writeLots(w, b)
}
