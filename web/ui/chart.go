package ui

import "aiqyn/web/ui/chart"

// Chart is a drawing with its table.
type Chart struct {
	chart.Figure
	Open bool // the table is shown at once
}

// fewRows is how many rows of a table are shown without asking.
const fewRows = 6

// NewChart puts a figure on a page; a short table stands open beside it.
func NewChart(f chart.Figure) *Chart { return &Chart{Figure: f, Open: len(f.Rows) <= fewRows} }

// Table is the same as the drawing, as a list.
func (c Chart) Table() List {
	list := List{Caption: c.Title}
	for i, column := range c.Columns {
		list.Columns = append(list.Columns, Column{Title: column.Title, Number: column.Number, Head: i == 0})
	}
	for _, row := range c.Rows {
		var cells []Cell
		for _, text := range row {
			cells = append(cells, Cell{Text: text})
		}
		list.Rows = append(list.Rows, Line{Cells: cells})
	}
	return list
}
