"""What do people look at? Tables in, Plotly figures out."""
