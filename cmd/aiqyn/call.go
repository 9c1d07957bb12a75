package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
)

// errHelp ends a command that was only asked what it does.
var errHelp = flag.ErrHelp

// call is one command being carried out.
type call struct {
	ctx    context.Context
	name   string
	args   []string
	flags  *flag.FlagSet
	texts  *locale.Catalogue
	lang   aiqyn.Lang
	stdout io.Writer // answers
	stderr io.Writer // progress and complaints
}

func newCall(ctx context.Context, c command, args []string, texts *locale.Catalogue, stdout, stderr io.Writer) *call {
	flags := flag.NewFlagSet("aiqyn "+c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong with a flag is said once, by complain
	call := &call{ctx: ctx, name: c.name, args: args, flags: flags, texts: texts, lang: aiqyn.English, stdout: stdout, stderr: stderr}
	flags.Func("lang", "`kk`, ru or en: the language of what is printed", func(s string) (err error) {
		call.lang, err = language(s)
		return err
	})
	flags.Usage = func() {
		fmt.Fprint(stdout, c.usage, "\n")
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		flags.SetOutput(io.Discard)
	}
	return call
}

// words parses the arguments, flags before, between and after the words, and
// returns the words; there must be at least least and, unless it is negative,
// at most most of them.
func (c *call) words(least, most int) ([]string, error) {
	var words []string
	for rest := c.args; len(rest) > 0; {
		if err := c.flags.Parse(rest); err != nil {
			return nil, err
		}
		if rest = c.flags.Args(); len(rest) > 0 {
			words, rest = append(words, rest[0]), rest[1:]
		}
	}
	if len(words) < least || most >= 0 && len(words) > most {
		return nil, c.error("error.command-words", "command", c.name, "n", len(words))
	}
	return words, nil
}

// required says which of the named flags are missing.
func (c *call) required(names ...string) error {
	given := make(map[string]bool)
	c.flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, name := range names {
		if !given[name] {
			return c.error("error.command-flag", "command", c.name, "flag", "--"+name)
		}
	}
	return nil
}

// error is an error about how the command was called.
func (c *call) error(key string, args ...any) error { return aiqyn.E(aiqyn.Invalid, key, args...) }

// say prints a text of the catalogue on a line of the answer.
func (c *call) say(key string, args ...any) { fmt.Fprintln(c.stdout, c.text(key, args...)) }

// text is a text of the catalogue in the language of the call.
func (c *call) text(key string, args ...any) string {
	return c.texts.Text(c.lang, key, aiqyn.E("", key, args...).Args)
}

// why is an error in the language of the call. Here, unlike on a page, whoever
// reads it may repair the cause, so errors without a text are shown as they are.
func (c *call) why(err error) string {
	var known *aiqyn.Error
	if errors.As(err, &known) {
		return c.texts.Error(c.lang, known)
	}
	return err.Error()
}

// complain tells what went wrong, and what caused it.
func (c *call) complain(err error) {
	fmt.Fprintf(c.stderr, "aiqyn %s: %s\n", c.name, c.why(err))
	var known *aiqyn.Error
	if errors.As(err, &known) && known.Err != nil {
		fmt.Fprintf(c.stderr, "  %v\n", known.Err)
	}
}

// report is what verify, audit, recompute and lint print with --json.
type report struct {
	OK       bool      `json:"ok"`
	Checked  int64     `json:"checked"`
	Problems []problem `json:"problems"`
	PayKeys  []string  `json:"pay_keys,omitempty"` // of an audit: that payments were verified under

	Beacons []casework.BeaconUse   `json:"beacons,omitempty"` // of an audit: by which source chance decided what
	Figures *casework.FiguresAgain `json:"figures,omitempty"` // of an audit: how much of what was published as free was made again
	Remarks []casework.Problem     `json:"remarks,omitempty"` // of an audit: not forged, and not as it should be
}

// problem is one thing that does not hold.
type problem struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// add notes a problem.
func (r *report) add(where, what string) { r.Problems = append(r.Problems, problem{where, what}) }

// give prints the report, as JSON or one line per problem, and says by its
// error whether everything held.
func (c *call) give(r report, asJSON bool) error {
	r.OK = len(r.Problems) == 0
	if r.Problems == nil {
		r.Problems = []problem{}
	}
	if asJSON {
		enc := json.NewEncoder(c.stdout)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return err
		}
	} else {
		for _, p := range r.Problems {
			fmt.Fprintf(c.stdout, "%s: %s\n", p.Where, p.What)
		}
	}
	if !r.OK {
		return errNotHeld
	}
	return nil
}
