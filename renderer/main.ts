import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';
import { startWindow } from './start-window';

startWindow(window.kanilink);
