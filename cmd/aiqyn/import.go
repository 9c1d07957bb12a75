package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/service"
)

const importUsage = `usage: aiqyn import --db sqlite:FILE|postgres://… --pack DIR --keys DIR --mapping FILE --in FILE.csv|FILE.xlsx
                    [--dry-run] [--report FILE.csv] [--init]
       aiqyn import --db … --pack DIR --keys DIR --queue SERVICE --mapping FILE --in FILE.csv|FILE.xlsx
                    [--registers FILE] [--dry-run] [--report FILE.csv] [--again]
       aiqyn import --db … --pack DIR --keys DIR --peaks|--corrections|--meters --in FILE.csv [--dry-run] [--report FILE.csv]
       aiqyn import --db … --pack DIR --keys DIR [--network FILE|DIR [--crs EPSG:…]] [--costs FILE] [--streets FILE]
                    [--upgrades FILE] [--places FILE] [--detour PERMILLE] --reason REASON --why WORDS [--operator NAME] [--dry-run]

Imports closed cases of a former system: a table, and a mapping that says which
column means what (docs/import.md). Every row becomes one case, marked imported
and unproven: nothing is drawn, reserved or granted by it, and no clock starts.

Each row is imported once, by its number in the former system. Ended in the
middle, or run again on a table that was mended, it goes on where it was. Rows
with errors are left out and listed by row and column, on the report if one is
named and on standard error otherwise; then the exit code is 1. --dry-run checks
everything and writes nothing.

With --queue the table is of people who wait, with a mapping of its own
(docs/import.md). It takes two: the command writes down what the table is, and an
overseer confirms it on their page. Run again then, it gives each a place in the
queue of the service with the date that they had, marked as a former system's word.
Whoever waits here already gets the date if it is earlier. What is inconsistent is
listed row by row. --again brings a table once more that was declined.

With --peaks the table is what meters have counted, daily peaks of transformers
(docs/measurements.md): one batch, in which rows that cannot be are left out and
listed in the same way. With --corrections it is of peaks that were sent wrongly;
what could leave less power free waits for an overseer then.

With --meters it is of which meters stand at which transformers, and from which day
on; if one row cannot be, nothing of it is registered.

With --network another survey of the electricity network is asked for in the place
of the one in force (docs/network-files.md), with --costs, --streets, --upgrades,
--places and --detour what belongs to it; what is not named stays. It takes two: the
command writes down what is brought, by hash, and what it would change, and an
overseer puts it into force on their page. The reason is survey, works, correction,
prices or streets, and --why is read by them and by the public. A network that has
lost a transformer below which power is reserved is refused, and what is reserved
there is named.

One process writes to a log, and the import is it meanwhile: stop the servers
first, on either engine.
`

// importFlags are how an import is called.
type importFlags struct {
	serve       serveFlags
	mapping, in string
	report      string
	tables      tablesFlags
	queue       string // service
	crs         string
	dry, peaks  bool
	again       bool // a table that was declined
	corrections bool // of peaks
	meters      bool // of transformers
	importer    string
}

func importCommand(c *call) error {
	var f importFlags
	c.flags.StringVar(&f.serve.url, "db", "", "the database, as `sqlite:FILE|postgres://…`")
	c.flags.StringVar(&f.serve.pack, "pack", "", "`DIR` of the pack")
	c.flags.StringVar(&f.serve.keys, "keys", "", "`DIR` of the log's keys")
	c.flags.StringVar(&f.serve.policy, "policy", "", "`FILE` that says which witnesses must cosign")
	c.flags.BoolVar(&f.serve.alone, "without-standby", false, "take a PostgreSQL without a synchronous standby")
	c.flags.StringVar(&f.mapping, "mapping", "", "`FILE` that says what the columns mean")
	c.flags.StringVar(&f.in, "in", "", "the table, CSV or XLSX: `FILE`")
	c.flags.StringVar(&f.report, "report", "", "write what is wrong, by row and column, to `FILE`")
	c.flags.StringVar(&f.importer, "operator", "import", "`NAME` of the operator, as the log records it")
	c.flags.BoolVar(&f.serve.init, "init", false, "make a new database")
	c.flags.BoolVar(&f.peaks, "peaks", false, "the table is of daily peaks of transformers")
	c.flags.BoolVar(&f.corrections, "corrections", false, "the table is of corrections of daily peaks")
	c.flags.BoolVar(&f.meters, "meters", false, "the table is of meters of transformers")
	c.flags.StringVar(&f.queue, "queue", "", "the table is of people who wait for `SERVICE`")
	c.flags.BoolVar(&f.again, "again", false, "with --queue: bring a table once more that was declined")
	c.flags.StringVar(&f.serve.registers, "registers", "", "`FILE` that says how registers of other bodies are reached")
	f.tables.define(c)
	c.flags.StringVar(&f.crs, "crs", "", "coordinate system of a network that does not say it, as `EPSG:…`")
	c.flags.BoolVar(&f.dry, "dry-run", false, "check everything, write nothing")
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if f.peaks || f.corrections || f.meters {
		return f.importPeaks(c)
	}
	if f.tables.any() {
		return f.importTables(c)
	}
	if err := c.required("db", "pack", "keys", "mapping", "in"); err != nil {
		return err
	}
	mapping, table, err := f.read()
	if err != nil {
		return err
	}
	if mapping.OfQueue() != (f.queue != "") || f.queue != "" && f.queue != string(mapping.Service) {
		return aiqyn.E(aiqyn.Invalid, "error.import-mapping", "why", "--queue "+string(mapping.Service))
	}
	o, err := f.office(c)
	if err != nil {
		return err
	}
	defer o.Close()
	report, err := f.openReport(c)
	if err != nil {
		return err
	}
	run := &importing{call: c, engine: o.Engine, mapping: mapping, dry: f.dry, more: f.again, report: report, operator: aiqyn.OfficerID(f.importer)}
	if f.queue != "" {
		return errors.Join(run.queue(table), report.close())
	}
	return errors.Join(run.all(table), report.close())
}

// read reads the mapping and the table within their limits.
func (f *importFlags) read() (*archive.Mapping, []byte, error) {
	data, err := readLimited(f.mapping, 1<<20)
	if err != nil {
		return nil, nil, err
	}
	mapping, err := archive.ParseMapping(data)
	if err != nil {
		return nil, nil, err
	}
	table, err := readLimited(f.in, archive.MaxFile)
	return mapping, table, err
}

// readLimited reads a file that is not larger than a limit.
func readLimited(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	switch {
	case err != nil:
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	case int64(len(data)) > limit:
		return nil, aiqyn.E(aiqyn.TooLarge, "error.import-large", "limit", limit>>20, "unit", "MiB")
	}
	return data, nil
}

// office opens an engine that does nothing by itself: cases that wait for a time
// are a server's to wake.
func (f *importFlags) office(c *call) (*office, error) {
	w, err := f.serve.offline(c)
	if err != nil {
		return nil, err
	}
	return f.serve.office(c.ctx, w)
}

// importing is one table on its way into the log.
type importing struct {
	*call
	engine   *casework.Engine
	mapping  *archive.Mapping
	operator aiqyn.OfficerID
	dry      bool
	more     bool // a table that was declined is brought once more
	report   *importReport
	reader   *archive.Reader
	send     func(*archive.Record) (casework.Result, error) // imports a row, or checks it

	mu                 sync.Mutex
	done, again, wrong int
	remarks            int   // of a queue: rows that were taken otherwise than they stand, or not needed
	failed             error // ends it
}

// importTold is after how many rows it is told how far it is.
const importTold = 500

// importWorkers is how many rows are on their way at once: they share batches.
const importWorkers = 64

func (i *importing) all(table []byte) error {
	svc, err := i.service()
	if err != nil {
		return err
	}
	i.send = func(r *archive.Record) (casework.Result, error) { return i.closed(svc, r) }
	if err = errors.Join(i.rows(table), i.failed); err != nil {
		return err
	}
	key := "command.import-done"
	if i.dry {
		key = "command.import-dry"
	}
	i.say(key, "done", strconv.Itoa(i.done), "again", strconv.Itoa(i.again), "wrong", strconv.Itoa(i.wrong))
	if i.wrong > 0 {
		return errNotHeld
	}
	return nil
}

// service is that of the mapping, which must have the questions that it answers.
func (i *importing) service() (*service.Service, error) {
	svc, ok := i.engine.Pack().Service(i.mapping.Service)
	if !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.import-mapping", "why", "service: "+string(i.mapping.Service))
	}
	for name := range i.mapping.Answers {
		if _, ok := svc.Question(name); !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-mapping", "why", "answers: "+name)
		}
	}
	return svc, nil
}

// rows sends every row on its way, and waits for them.
func (i *importing) rows(table []byte) error {
	var all sync.WaitGroup
	defer all.Wait()
	turn := make(chan struct{}, importWorkers)
	for line, err := range i.mapping.Lines(table) {
		if err != nil {
			return err
		}
		if i.reader == nil {
			if i.reader, err = archive.NewReader(i.mapping, line); err != nil {
				return err
			}
			continue
		}
		if err := i.stopped(); err != nil {
			return err
		}
		record, faults := i.reader.Read(line)
		if err := i.faulty(faults); err != nil {
			return err
		}
		if record == nil {
			continue
		}
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			i.one(record)
		})
	}
	return nil
}

// stopped says why no more rows are taken.
func (i *importing) stopped() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.failed != nil {
		return i.failed
	}
	return i.ctx.Err()
}

func (i *importing) faulty(faults []archive.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	i.count(&i.wrong)
	for _, f := range faults {
		if err := i.report.add(f.Row, f.Column, i.why(f.Err)); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) count(n *int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	*n++
	if rows := i.done + i.again + i.wrong; rows%importTold == 0 {
		fmt.Fprintln(i.stderr, i.text("command.import-progress", "n", strconv.Itoa(rows)))
	}
}

// closed imports a closed case, or checks it.
func (i *importing) closed(svc *service.Service, r *archive.Record) (casework.Result, error) {
	command, err := i.commandOf(r)
	if err != nil {
		return casework.Result{}, err
	}
	if i.dry {
		_, err = i.engine.CheckImport(svc, &command)
		return casework.Result{}, err
	}
	return i.engine.Do(i.ctx, command)
}

// isFault reports whether an error is the row's, and not ours.
func (i *importing) isFault(e *aiqyn.Error) bool {
	return e != nil && (e.Kind == aiqyn.Invalid || e.Kind == aiqyn.TooLarge || e.Kind == aiqyn.Conflict && i.mapping.OfQueue())
}

// one imports one row, or lists what is wrong with it. A fault that is ours
// ends the whole: what is done stays done.
func (i *importing) one(r *archive.Record) {
	result, err := i.send(r)
	var known *aiqyn.Error
	switch {
	case errors.Is(err, errLeftOut):
		return
	case err == nil && result.Again:
		i.count(&i.again)
	case err == nil:
		i.count(&i.done)
	case errors.As(err, &known) && i.isFault(known):
		err = i.faulty([]archive.Fault{{Row: r.Row, Column: i.column(known.Field), Err: known}})
	}
	if err != nil && !i.isFault(known) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.failed = err
	}
}

// column is the table's column that a field of the command comes from.
func (i *importing) column(field string) string {
	at := map[string]*archive.Column{
		"number": i.mapping.Number, "applicant": i.mapping.Applicant, "filed": i.mapping.Filed, "decided": i.mapping.Decided,
		"since": i.mapping.Since, "outcome": i.mapping.Outcome, "lang": i.mapping.Lang, "agent": i.mapping.Agent, "reason": i.mapping.Reason, "node": i.mapping.Node,
	}
	if c := at[field]; c != nil {
		return c.Column
	}
	return i.reader.Column(field)
}

// commandOf is the command of a row. Its id is the case's number in the former
// system: the same case is imported once, whatever table it stands in.
func (i *importing) commandOf(r *archive.Record) (casework.Import, error) {
	filed, err := deadline.ParseDate(r.Filed)
	if err != nil {
		return casework.Import{}, err
	}
	decided, err := deadline.ParseDate(r.Decided)
	if err != nil {
		return casework.Import{}, err
	}
	return casework.Import{
		ID: aiqyn.CommandID("import/" + i.mapping.Source + "/" + r.Number), Actor: aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: i.operator},
		Service: i.mapping.Service, Applicant: r.Applicant, Answers: r.Answers, Lang: r.Lang, Filed: filed, Decided: decided, Outcome: r.Outcome,
		Source: i.mapping.Source, Number: r.Number, Agent: r.Agent, Reason: r.Reason, Node: r.Node,
	}, nil
}
