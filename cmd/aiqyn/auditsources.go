package main

import (
	"aiqyn"
	"aiqyn/casework"
)

// sayBeacons tells by which source chance decided how much; all that rests on practice
// is one sum, whether the log names it or not.
func (c *call) sayBeacons(uses []casework.BeaconUse) {
	var practice casework.BeaconUse
	for _, u := range uses {
		key := "command.audited-beacon"
		switch {
		case u.Beacon == practiceSource:
			practice.Rounds, practice.Draws = practice.Rounds+u.Rounds, practice.Draws+u.Draws
			continue
		case u.Description == "":
			key = "command.audited-beacon-unknown"
		}
		c.say(key, "beacon", u.Beacon, "description", u.Description, "rounds", u.Rounds, "draws", u.Draws)
	}
	if practice.Rounds+practice.Draws > 0 {
		c.say("command.audited-beacon-practice", "rounds", practice.Rounds, "draws", practice.Draws)
	}
}

const practiceSource = "practice" // what nothing proves, by its name

// sayFigures says how much of what was published as free was made again, and how much was not.
func (c *call) sayFigures(f casework.FiguresAgain) {
	if f.Publications == 0 {
		return
	}
	c.say("command.audited-figures", "all", f.Publications, "again", f.Again, "trees", f.Trees)
	if f.Again < f.Publications || f.Erased > 0 {
		c.say("command.audited-figures-left", "n", f.Publications-f.Again, "erased", f.Erased)
	}
}

// figuresFlag declares of which publications of free power an audit makes the figures again.
func (c *call) figuresFlag() *casework.Figures {
	depth := new(casework.Figures)
	c.flags.Func("figures", "of which publications of free power the figures are made again: `all` (default), last or none", func(text string) error {
		of, ok := map[string]casework.Figures{"all": casework.FiguresAll, "last": casework.FiguresLast, "none": casework.FiguresNone}[text]
		if *depth = of; !ok {
			return aiqyn.E(aiqyn.Invalid, "error.command-figures")
		}
		return nil
	})
	return depth
}
