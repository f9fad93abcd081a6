# A chart of the README: six small panels of horizontal bars, shorter is better, foster in colour.
# gnuplot -e "data='chart.data'; picture='bench.svg'" chart.gp

load data

set terminal svg size 960,560 dynamic background "#ffffff" font "DejaVu Sans,Helvetica,Arial,sans-serif,13"
set output picture
set multiplot layout 2,3 columnsfirst margins 0.10,0.95,0.09,0.85 spacing 0.13,0.14 \
    title heading font ",17" offset 0,-0.4
set label 1 machine at screen 0.5,0.025 center font ",10" textcolor rgb "#667078"

unset key
unset xtics
unset border
set ytics nomirror scale 0 textcolor rgb "#30363c"
set style fill solid 1.0 noborder
bar = 0.36

do for [panel = 1:|Titles|] {
    set title Titles[panel] offset 0,-0.6 textcolor rgb "#30363c"
    stats $Panels index panel - 1 using 2 nooutput
    set xrange [0:STATS_max * 1.32]
    plot $Panels index panel - 1 using 2:3:(0):2:($3 - bar):($3 + bar):4:ytic(1) \
             with boxxyerror linecolor rgb variable, \
         $Panels index panel - 1 using 2:3:5 with labels left offset 0.5,0 textcolor rgb "#30363c"
    unset label 1
}
unset multiplot
