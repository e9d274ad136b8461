@echo off
rem Kanilink's command line: the engine of the installed app, without its window.
setlocal
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\Kanilink.exe" "%~dp0app.asar\out\main\cli.cjs" %*
