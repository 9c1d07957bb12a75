package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/service"
	"aiqyn/store"
)

const exportUsage = `usage: aiqyn export release|events|catalogue --db sqlite:FILE|postgres://… [--keys DIR] --out DIR
       aiqyn export diff A B [--json]

Writes what is public. It only reads, and works while the server runs.

  release    everything published: releases, rules, networks, free power, their
             signed index, and the log's checkpoint and tiles
  events     events.csv: the opened entries of all releases as an event log, two
             for each case, by its tag
  catalogue  catalogue.jsonld: the services of the pack in force, in the terms of
             CPSV-AP
  diff       compares two published files: of two releases how many cases of each
             kind they tell, of others what differs where. Exit code 1: they differ.

release and events need data.key and verifier.key, not the key that signs.
`

// exports are what can be written, by its name.
var exports = map[string]func(*call, *store.DB, exportFlags) error{
	"release": exportRelease, "events": exportEvents, "catalogue": exportCatalogue,
}

type exportFlags struct{ url, keys, out string }

func exportCommand(c *call) error {
	var f exportFlags
	c.flags.StringVar(&f.url, "db", "", "the database, as `sqlite:FILE|postgres://…`")
	c.flags.StringVar(&f.keys, "keys", "", "`DIR` of the keys (default: keys beside the database)")
	c.flags.StringVar(&f.out, "out", "", "`DIR` to write to")
	asJSON := c.flags.Bool("json", false, "print JSON")
	words, err := c.words(1, 3)
	if err != nil {
		return err
	}
	if words[0] == "diff" && len(words) == 3 {
		return c.diff(words[1], words[2], *asJSON)
	}
	write, known := exports[words[0]]
	if !known || len(words) > 1 {
		return c.error("error.command-words", "command", c.name, "n", len(words))
	}
	if err := c.required("db", "out"); err != nil {
		return err
	}
	if err := mustExist(f.url); err != nil {
		return err
	}
	if f.keys == "" {
		if store.OnServer(f.url) {
			return c.required("keys")
		}
		f.keys = filepath.Join(filepath.Dir(strings.TrimPrefix(f.url, "sqlite:")), "keys")
	}
	db, err := store.Open(c.ctx, f.url, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Current(c.ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.out).Because(err)
	}
	return write(c, db, f)
}

// reader opens the log for reading what it has published.
func (f exportFlags) reader(ctx context.Context, db *store.DB) (*casework.Reader, string, error) {
	key, err := readVerifierKey(filepath.Join(f.keys, verifierKeyFile))
	if err != nil {
		return nil, "", err
	}
	data, err := readDataKey(filepath.Join(f.keys, dataKeyFile))
	if err != nil {
		return nil, "", err
	}
	r, err := casework.NewReader(ctx, casework.ReaderConfig{Store: db, VerifierKey: key.String(), DataKey: data, Clock: time.Now, Zone: locale.Zone})
	return r, key.String(), err
}

func exportRelease(c *call, db *store.DB, f exportFlags) error {
	r, key, err := f.reader(c.ctx, db)
	if err == nil {
		err = writePublished(c.ctx, r, key, f.out)
	}
	if err != nil {
		return err
	}
	c.say("command.exported", "file", f.out)
	return nil
}

// exportEvents writes the opened leaves as an event log. Its days are whole: a
// release opens no hour.
func exportEvents(c *call, db *store.DB, f exportFlags) error {
	r, _, err := f.reader(c.ctx, db)
	if err != nil {
		return err
	}
	name := filepath.Join(f.out, "events.csv")
	file, err := os.Create(name)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	}
	defer file.Close()
	out := csv.NewWriter(file)
	if err := out.Write([]string{"case", "activity", "day", "service", "pack", "body", "region", "reason", "entry", "release"}); err != nil {
		return err
	}
	err = r.ReleaseFiles(c.ctx, func(view casework.ReleaseView, one *release.Release) error {
		for _, g := range one.Groups {
			for _, o := range g.Cases {
				for _, e := range []struct {
					values map[string]string
					index  int64
				}{{g.Filed, o.Filed.Index}, {g.Decided, o.Decided.Index}} {
					v := e.values
					row := []string{o.Case, v["kind"], v["day"], v["service"], v["pack"], v["body"], v["region"], v["reason"], strconv.FormatInt(e.index, 10), view.Hash}
					if err := out.Write(row); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
	}
	c.say("command.exported", "file", name)
	return file.Sync()
}

// exportCatalogue writes the services of the pack in force as CPSV-AP.
func exportCatalogue(c *call, db *store.DB, f exportFlags) error {
	files, err := packInForce(c.ctx, db)
	if err != nil {
		return err
	}
	pack, err := parsePack(files)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(cpsv(pack), "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(f.out, "catalogue.jsonld")
	if err := os.WriteFile(name, append(data, '\n'), 0o644); err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	}
	c.say("command.exported", "file", name)
	return nil
}

// packInForce is the pack that cases are filed under now, as it is stored.
func packInForce(ctx context.Context, db *store.DB) ([]service.File, error) {
	hash, err := db.Setting(ctx, "pack")
	if err != nil || hash == "" {
		if err != nil {
			return nil, err
		}
		return firstPack(ctx, db, "")
	}
	var files []service.File
	return files, readSnapshot(ctx, db, hash, &files)
}

// maxDifferences is where a comparison stops listing.
const maxDifferences = 200

// difference is one place at which two files differ.
type difference struct {
	Where string          `json:"where"`
	Was   json.RawMessage `json:"was"`
	Now   json.RawMessage `json:"now"`
}

// diff compares two published files.
func (c *call) diff(was, now string, asJSON bool) error {
	var values [2]any
	for i, name := range []string{was, now} {
		data, err := os.ReadFile(name)
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
		}
		if r, err := release.Parse(data); err == nil {
			values[i] = told(r)
		} else if err := decodeExact(data, &values[i]); err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
		}
	}
	list := []difference{}
	differences("", values[0], values[1], func(where string, x, y any) bool {
		list = append(list, difference{or(where, "."), compact(x), compact(y)})
		return len(list) < maxDifferences
	})
	if asJSON {
		if err := json.NewEncoder(c.stdout).Encode(list); err != nil {
			return err
		}
	} else {
		for _, d := range list {
			fmt.Fprintf(c.stdout, "%s: %s → %s\n", d.Where, d.Was, d.Now)
		}
	}
	if len(list) > 0 {
		return errNotHeld
	}
	return nil
}

// told is what a release says in numbers: its leaves prove themselves, and
// those of two releases are never the same.
func told(r *release.Release) any {
	cases := make(map[string]any)
	for _, s := range r.Services() {
		for _, o := range s.Outcomes {
			cases[strings.TrimSuffix(s.Service+"/"+o.Outcome+"/"+o.Reason, "/")] = map[string]any{"cases": o.Cases, "proven": o.Proven}
		}
		cases[s.Service] = map[string]any{"median_days": s.Median.String(), "p90_days": s.P90.String()}
	}
	return map[string]any{"from": r.From.String(), "to": r.To.String(), "closed": r.Closed, "size": r.Size, "services": cases}
}
